# SPDX-License-Identifier: GPL-3.0-or-later
# Completion of mmoe's command line for fish; the program completes its own language at its prompt.

complete -c mmoe -s e -l execute -x -d 'run commands'
complete -c mmoe -s b -l batch -d 'no screen: data to stdout, talk to stderr'
complete -c mmoe -l json -d 'the same, data as one JSON object a line'
complete -c mmoe -l plain -d 'line by line on a terminal too'
complete -c mmoe -l ascii -d 'draw with ASCII characters alone'
complete -c mmoe -l color -x -a 'auto always never' -d 'use colours'
complete -c mmoe -l theme -x -a 'dark light contrast mono' -d 'choose the colours'
complete -c mmoe -l seed -x -d 'seed of data, weights and batch order'
complete -c mmoe -s q -l quiet -d 'no talk on stderr, errors alone'
complete -c mmoe -l help -d 'show the help and exit'
complete -c mmoe -l version -d 'show the version and exit'
