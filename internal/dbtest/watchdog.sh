# Stops the Postgres in directory $1 and removes it after a minute without users.
# A user is a file named by its process id; rmdir is what decides, see reuse.
run=$1
idle=0
while sleep 5; do
	[ -d "$run/users" ] || exit 0
	for f in "$run"/users/*; do
		kill -0 "${f##*/}" 2>/dev/null || rm -f "$f"
	done
	if [ -n "$(ls "$run/users")" ]; then
		idle=0
		continue
	fi
	idle=$((idle + 5))
	if [ "$idle" -ge 60 ] && rmdir "$run/users" 2>/dev/null; then
		pid=$(head -n 1 "$run/data/postmaster.pid" 2>/dev/null)
		if [ -n "$pid" ]; then
			kill -INT "$pid" 2>/dev/null
			while kill -0 "$pid" 2>/dev/null; do sleep 1; done
		fi
		rm -rf "$run"
		exit 0
	fi
done
