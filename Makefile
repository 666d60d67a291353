# One-line names for the commands; each is `python3 run.py <command>`.
.PHONY: demo up test check bench protos reference lock

demo up test check bench protos reference lock:
	@python3 run.py $@
