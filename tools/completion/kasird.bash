# bash completion for kasird, which has no commands
complete -o bashdefault -o default -W "-c --config --check-config --help --version" kasird
