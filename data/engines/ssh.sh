#!/bin/sh
# Hosts over ssh, by GNU parallel: one shard at a time for each core of each host. @dir@ is the same
# folder on all of them. A shard whose host is lost is started again on another one; the script
# started again does what is left.
#start nohup sh @dir@/job.sh >@dir@/log.txt 2>&1 &
set -u
seq 0 @last@ | ${PARALLEL_SSH:-parallel} --sshlogin @hosts@ --retries 5 --joblog @dir@/joblog.txt \
	--resume-failed @program@ -b -q -e "'study shard @dir@ shard={}/@shards@ jobs=1'"
