#!/bin/bash
# Shares a scan of 40 repositories out to an array of 8 tasks, kills one, runs it again, merges, and compares with the scan that was
# not shared out. Needs Debian's slurm-wlm and munge, and root to start them; where slurmd does not run, GNU parallel runs the
# same tasks with the variables that Slurm sets.
#
#   benches/slurm.sh STANCH FOLDER [slurm|parallel]
set -euo pipefail
stanch=$(readlink -f "$1"); work=$2; engine=${3:-slurm}
mkdir -p "$work"; work=$(readlink -f "$work"); cd "$work"
export HOME=$work/home GIT_CONFIG_SYSTEM=/dev/null; mkdir -p "$HOME" reports

if [ ! -d mirrors ]; then
  for n in $(seq 1 40); do
    r=mirrors/group$((n % 4))/repo$n; mkdir -p "$r"; git -C "$r" init -q -b main .
    for c in $(seq 1 25); do
      # The value is made here, so that no file of this repository holds one.
      if [ $(((n + c) % 9)) = 0 ]; then
        value=pk_$(printf '%s-%s' "$n" "$c" | sha256sum | cut -c1-34); echo "KLAVIYO_API_KEY=$value" > "$r/app$c.env"
      else seq "$c" $((c + 200)) > "$r/data$c.txt"; fi
      git -C "$r" add -A; git -C "$r" -c user.name=A -c user.email=a@example.org commit -q -m "change $c"
    done
  done
fi

cat > task.sh <<END
#!/bin/bash
# A task that was killed leaves no report: it is put in place only when it is whole.
cd "$work"
"$stanch" scan --repos mirrors --shard auto --exit-zero --quiet --format sarif --output "reports/\$SLURM_ARRAY_TASK_ID.sarif"
END
chmod +x task.sh; rm -f reports/*

run_slurm() {
  local conf=$work/slurm; rm -rf "$conf"; mkdir -p "$conf/state" "$conf/spool"
  cat > "$conf/slurm.conf" <<END
ClusterName=bench
SlurmctldHost=$(hostname -s)
AuthType=auth/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
SlurmUser=root
StateSaveLocation=$conf/state
SlurmdSpoolDir=$conf/spool
SlurmctldPidFile=$conf/slurmctld.pid
SlurmdPidFile=$conf/slurmd.pid
SlurmctldLogFile=$conf/slurmctld.log
SlurmdLogFile=$conf/slurmd.log
MailProg=/bin/true
NodeName=$(hostname -s) CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
  export SLURM_CONF=$conf/slurm.conf
  mkdir -p /run/munge && chown munge: /run/munge
  pgrep -x munged > /dev/null || runuser -u munge -- munged
  slurmctld; sleep 2; slurmd -N "$(hostname -s)"
  trap 'scontrol shutdown 2> /dev/null; kill $(cat "$work/slurm/slurmd.pid" "$work/slurm/slurmctld.pid") 2> /dev/null || true' EXIT
  for _ in $(seq 30); do sinfo -h -o %T | grep -Eq 'idle|mixed' && break; sleep 1; done
  sinfo
  # The fourth waits, so that it can be killed at work.
  sed "s|^cd|[ \$SLURM_ARRAY_TASK_ID != 3 ] \|\| [ -n \"\$SLURM_RESTART_COUNT\" ] \|\| sleep 600\ncd|" task.sh > array.sh
  local job; job=$(sbatch --parsable --array=0-7 --requeue --output="$work/task-%a.log" array.sh)
  while [ "$(squeue -h -r -j "$job" | grep -vc '_3 ')" != 0 ]; do sleep 1; done
  echo "killed: task 3 of job $job"
  refuse
  # Requeued, it is still one of eight. A new array of one task would be the first of one.
  scontrol requeue "${job}_3"
  while [ -n "$(squeue -h -j "$job")" ]; do sleep 1; done
}

run_parallel() {
  export SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_COUNT=8
  # The fourth fails before it wrote anything.
  parallel -j "$(nproc)" 'SLURM_ARRAY_TASK_ID={} ./task.sh' ::: 0 1 2 4 5 6 7
  echo "killed: task 3"
  refuse
  SLURM_ARRAY_TASK_ID=3 ./task.sh
}

# Without one of the reports nothing is merged.
refuse() {
  if "$stanch" merge reports/*.sarif --output merged.sarif 2> refused.txt; then echo "merged without a shard"; exit 1; fi
  cat refused.txt
}

time "run_$engine"
code=0; "$stanch" merge reports/*.sarif --output merged.sarif || code=$?
echo "merge: exit code $code"
time "$stanch" scan --repos mirrors --exit-zero --quiet --format sarif --output whole.sarif
python3 - <<'END'
import json
def results(name):
    run = json.load(open(name))["runs"][0]
    return sorted(json.dumps({k: v for k, v in r.items() if k != "ruleIndex"}, sort_keys=True) for r in run["results"])
merged, whole = results("merged.sarif"), results("whole.sarif")
print(f"{len(whole)} results in one scan, {len(merged)} in the merged report, {'the same' if merged == whole else 'NOT THE SAME'}")
raise SystemExit(merged != whole)
END
