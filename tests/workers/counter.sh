# A job for any machine with a shell: counts for ever, and shows how far it is in the
# file that it is given. It keeps the number in memory only, so that a job that begins
# again can be told from one that goes on. The file is never empty, not even for a
# moment, since the job can be stopped at any.
count=0
while :; do
  count=$((count + 1))
  printf '%020d\n' "$count" 1<> "$1"
done
