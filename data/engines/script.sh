#!/bin/sh
# All shards on this machine, one after the other; or any of them anywhere: job.sh 3 4.
# Where another batch queue starts an array, its task is:
#   @program@ -b -q -e "study shard @dir@ shard=auto/@shards@ until=@until@"
set -u
[ "$#" -gt 0 ] || set -- $(seq 0 @last@)
for shard; do
	@program@ -b -q -e "study shard @dir@ shard=$shard/@shards@" || exit
done
