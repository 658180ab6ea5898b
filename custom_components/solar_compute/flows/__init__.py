"""The dialogs, one module each, and what they share.

`schema` builds fields, `checks` judges what was entered, `energy` reads Home
Assistant's energy dashboard, `readings` says what the meters say right now, and
`checklist` what was found and what is left to do. Steps of the site are in
`..config_flow`, where Home Assistant looks for them.
"""
