"""Takes dialogs through the REST API, so that whatever cannot go to a browser fails."""

from typing import Any

FLOWS = "/api/config/config_entries/"

type Page = tuple[dict[str, Any], dict[str, Any]]
"""The texts of a dialog, and one answer of the REST API in it."""


class Browser:
    """Takes dialogs by REST, and keeps every page that it was shown."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.pages: list[Page] = []

    async def take(
        self,
        flow: str,
        texts: dict[str, Any],
        opening: dict[str, Any],
        *answers: dict[str, Any],
    ) -> Any:
        """Open a dialog and give these answers; return what comes of it."""
        result = await self._post(f"{FLOWS}{flow}", opening)
        return await self.go_on(flow, texts, result, *answers)

    async def go_on(
        self, flow: str, texts: dict[str, Any], result: Any, *answers: dict[str, Any]
    ) -> Any:
        """Give these answers in a dialog that is open; return what comes of it."""
        for answer in answers:
            self.pages.append((texts, result))
            assert result["type"] in ("form", "menu"), result
            path = f"{FLOWS}{flow}/{result['flow_id']}"
            result = await self._post(path, answer)
        self.pages.append((texts, result))
        return result

    async def look_up(self, flow: str, flow_id: str) -> Any:
        """Return the page that a dialog shows, which somebody else opened."""
        response = await self._client.get(f"{FLOWS}{flow}/{flow_id}")
        assert response.status == 200, await response.text()
        return await response.json()

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        response = await self._client.post(path, json=body)
        assert response.status == 200, await response.text()
        return await response.json()
