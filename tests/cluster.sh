#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A study in four shards, by the script, by GNU parallel and by Slurm, one node of which is killed:
# merged it is the whole study's CSV and JSON lines to the byte. What is not installed is passed
# over; Slurm needs root, too.
set -u
mmoe=${MMOE:-build/mmoe}
work=$(mktemp -d)
failed=0
pids=
trap 'kill $pids 2>/dev/null; sleep 0.3; rm -rf "$work"' EXIT
export XDG_STATE_HOME="$work/state" HOME="$work" LC_ALL=C.UTF-8
export OPENBLAS_NUM_THREADS=1

complain()
{
	echo "cluster: $*"
	failed=1
}

# run COMMANDS
run()
{
	"$mmoe" -b -q -e "$1" >"$work/out" 2>"$work/err" || {
		echo "cluster: '$1' failed:"
		cat "$work/err"
		failed=1
	}
}

# same NAME: what was merged from the folder is the whole study
same()
{
	run "study merge $work/$1 store=$work/$1.db"
	for kind in csv jsonl; do
		run "study export 1 $work/$1.$kind store=$work/$1.db"
		cmp -s "$work/whole.$kind" "$work/$1.$kind" || complain "$1: another $kind than the whole study's"
	done
	echo "cluster: $1: $(find "$work/$1/runs" -name '*.db' | wc -l) segments"
}

# all NAME SECONDS: wait until all runs are published
all()
{
	until timeout "$2" "$mmoe" -b -q -e "study watch $work/$1" >/dev/null 2>&1; do
		complain "$1: not all runs are there after $2 s"
		return 1
	done
}

run "sweep seeds=8 p=0.5,1 model=mmoe,shared-bottom rows=400 test-rows=100 dim=10 steps=${CLUSTER_STEPS:-2000} eval-every=100 store=$work/whole.db"
for kind in csv jsonl; do
	run "study export 1 $work/whole.$kind store=$work/whole.db"
done

run "study submit 1 store=$work/whole.db on=script shards=4 out=$work/script"
sh "$work/script/job.sh" || complain "script: job.sh failed"
same script

"$mmoe" -b -e "study merge $work/script audit=4 store=$work/script.db" 2>&1 | grep -q 'audit: 4 runs .* all' ||
	complain 'script: an audit finds other losses'
cp "$work/script.db" "$work/changed.db"
python3 - "$work/changed.db" <<-'END'
	import sqlite3, sys
	store = sqlite3.connect(sys.argv[1])
	store.execute("UPDATE metrics SET value = value * 1.0000001 WHERE name = 'loss' AND split = 'test'")
	store.commit()
END
"$mmoe" -b -e "study merge $work/script audit=4 store=$work/changed.db" >"$work/out" 2>&1
grep -q 'audit: of 4 runs .* 0 have' "$work/out" || complain 'script: an audit of changed losses finds nothing'
# The same shards again train nothing, and a merge again adds nothing.
before=$(ls "$work/script/runs")
sh "$work/script/job.sh" || complain "script: job.sh failed the second time"
[ "$before" = "$(ls "$work/script/runs")" ] || complain "script: a shard published again"
same script

# refused COMMANDS PART: they fail, and what is said has that part.
refused()
{
	"$mmoe" -b -q -e "$1" >"$work/out" 2>&1 && complain "'$1' was done"
	grep -q "$2" "$work/out" || complain "'$1' says nothing of '$2': $(cat "$work/out")"
}
refused "study submit 1 store=$work/whole.db on=script shards=3 out=$work/script" 'in 4 shards already'
refused "study submit 1 store=$work/whole.db on=script seeds=3 out=$work/other" seeds
refused "study merge $work/script nonsense" "'nonsense' is too much"
refused "study shard $work/script shard=4/4" '0/16'
refused "study shard $work/whole.csv shard=0/4" whole.csv

# What is being copied is looked at again by who watches.
mkdir -p "$work/slow/runs"
cp "$work/script/study.db" "$work/slow/"
cp "$work"/script/runs/*.db "$work/slow/runs/"
last=$(find "$work/slow/runs" -name '*.db' | head -1)
cp "$last" "$work/last"
head -c 5000 "$work/last" >"$last"
timeout 60 "$mmoe" -b -q -e "study watch $work/slow" >/dev/null 2>&1 &
watching=$!
sleep 1.5
cp "$work/last" "$last"
wait "$watching" || complain 'slow: who watched did not see the segment that was being copied'

# One shard is missing; the merged study is gone on with here.
mkdir -p "$work/part/runs"
cp "$work/script/study.db" "$work/part/"
cp "$work"/script/runs/0000[013]-* "$work/part/runs/"
run "study merge $work/part store=$work/part.db"
run "study resume 1 store=$work/part.db"
same part

# A shard is killed while it trains, and started again.
run "study submit 1 store=$work/whole.db on=script shards=4 out=$work/killed"
"$mmoe" -b -q -e "study shard $work/killed shard=1/4 jobs=1" >/dev/null 2>&1 &
killed=$!
sleep 0.2
kill -KILL "$killed"
wait "$killed" 2>/dev/null
sh "$work/killed/job.sh" || complain "killed: job.sh failed"
same killed

if command -v parallel >/dev/null; then
	mkdir -p "$work/.parallel"
	touch "$work/.parallel/will-cite"
	run "study submit 1 store=$work/whole.db on=ssh hosts=2/: shards=4 out=$work/ssh"
	all ssh 60 && same ssh
else
	echo "cluster: GNU parallel is not here"
fi

if [ "$(id -u)" -ne 0 ] || ! command -v slurmctld >/dev/null || ! command -v slurmd >/dev/null ||
	! command -v munged >/dev/null; then
	echo "cluster: no root, or no Slurm here"
	exit "$failed"
fi

host=$(hostname -s)
mkdir -p "$work/slurm/state"
chmod 755 "$work" "$work/slurm"
dd if=/dev/urandom of="$work/slurm/key" bs=1024 count=1 2>/dev/null
chmod 400 "$work/slurm/key"
munged --force --key-file="$work/slurm/key" --socket="$work/slurm/munge" \
	--pid-file="$work/slurm/munge.pid" --log-file="$work/slurm/munge.log" \
	--seed-file="$work/slurm/munge.seed" || complain "munged does not start"
cat >"$work/slurm/slurm.conf" <<END
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/slurm/munge
CredType=cred/munge
SlurmctldPort=17000
StateSaveLocation=$work/slurm/state
SlurmdSpoolDir=$work/slurm/spool-%n
SlurmctldPidFile=$work/slurm/slurmctld.pid
SlurmdPidFile=$work/slurm/slurmd-%n.pid
SlurmctldLogFile=$work/slurm/slurmctld.log
SlurmdLogFile=$work/slurm/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SlurmctldTimeout=10
SlurmdTimeout=5
KillWait=2
MinJobAge=60
ReturnToService=2
SchedulerParameters=sched_interval=1,requeue_delay=1
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=17001 CPUs=2
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=17002 CPUs=2
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=60 State=UP
END
export SLURM_CONF="$work/slurm/slurm.conf"
slurmctld -D >"$work/slurm/ctl.out" 2>&1 &
pids="$pids $!"
slurmd -D -N n1 >"$work/slurm/n1.out" 2>&1 &
pids="$pids $!"
slurmd -D -N n2 >"$work/slurm/n2.out" 2>&1 &
second=$!
pids="$pids $second"
for _ in $(seq 50); do
	sinfo -h -o %t 2>/dev/null | grep -q idle && break
	sleep 0.2
done
run "study submit 1 store=$work/whole.db on=slurm time=10m shards=4 out=$work/slurm4"
for _ in $(seq 100); do
	[ -n "$(ls "$work/slurm4/runs")" ] && break
	sleep 0.1
done
# The node is killed, and what runs on it.
lost=$(squeue -h -w n2 -o %A)
kill -KILL "$second"
for job in $lost; do
	pkill -KILL -f "slurmstepd: \[$job\." || :
	grep -lsz "^SLURM_JOB_ID=$job\$" /proc/[0-9]*/environ | cut -d/ -f3 | xargs -r kill -KILL 2>/dev/null || :
done
[ -n "$lost" ] || complain "slurm: nothing ran on the node that was killed"
# Slurm queues them again once the node is given up, and would wait two more minutes.
for _ in $(seq 40); do
	for job in $(squeue -h -t PENDING -o %A); do
		scontrol update "JobId=$job" StartTime=now 2>/dev/null || :
	done
	[ -z "$(squeue -h -o %A)" ] && break
	sleep 1
done
if all slurm4 30; then
	same slurm4
else
	squeue -l
	sinfo
	tail -5 "$work/slurm/slurmctld.log"
	cat "$work/slurm4"/log-*.txt
fi
kill "$(cat "$work/slurm/munge.pid")" 2>/dev/null
exit "$failed"
