#!/bin/sh
# An array of a Slurm cluster: a task for each shard, on one core. It ends before its time is up,
# keeps what it is at, and is queued again (exit status 75). One that is pre-empted, or whose node
# is lost, is queued again by Slurm.
#start sbatch @dir@/job.sh
#SBATCH --job-name=@name@
#SBATCH --array=0-@last@
#SBATCH --time=@time@
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=@dir@/log-%a.txt
set -u
@program@ -b -q -e "study shard @dir@ shard=auto/@shards@ jobs=${SLURM_CPUS_PER_TASK:-1} until=@until@"
status=$?
if [ "$status" -eq 75 ]; then
	scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
	status=0
fi
exit "$status"
