namespace MiniRuntime.Engine.Processes;

/// <summary>The shell scripts by which a container's process comes into being, and that outlive the engine. They speak POSIX sh.</summary>
/// <remarks>
/// Descriptors: 3 is the engine's word to go on (its end means the engine is gone), 5 what the engine is told, 6 the errors of setting up,
/// 7 the container's standard error, 4 the file for the exit code. Nothing but 0, 1 and 2 reaches the container's program.
/// </remarks>
internal static class Scripts
{
    /// <summary>Keeps a container's process 1: its parent, which notes the exit code. Its first child is process 1 of the namespace.</summary>
    /// <remarks>Arguments: the container's folder, how input is opened, whether what is written goes to memory, then the command that goes on.</remarks>
    public const string Keeper =
        """
        cd "$1" || exit
        input=$2 volatile=$3
        shift 3
        exec 4>exit 7>&2 2>/dev/null
        trap : INT QUIT
        (
          set -e
          exec 2>&6 4>&-
          umask 0022
          read -r id rest </proc/self/stat
          echo "$id" >&5
          if [ "$volatile" = yes ]; then
            mount -n -t tmpfs -o mode=0700 tmpfs work
            cp -a upper work/upper
            mkdir work/work
          fi
          mount -n -a -T fstab
          cp -a dev/. /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty root/dev/
          while read -r key value; do echo "$value" >"/proc/sys/$key"; done <sysctls
          case $input in
            terminal) : >root/dev/console; mount -n --bind "$(tty)" root/dev/console;;
            once) exec <stdin;;
            always) exec <>stdin;;
          esac
          exec "$@"
        )
        echo $? >&4
        """;

    /// <summary>Waits until the root is the container's and the engine says go, then becomes the program.</summary>
    /// <remarks>Arguments: the working directory, the environment, <c>--</c>, the program and its arguments.</remarks>
    public const string Start =
        """
        echo ready >&5
        read -r go <&3 || exit 128
        cd "$1" 2>/dev/null || { echo "128 chdir to cwd (\"$1\") set in config.json failed: no such file or directory" >&5; exit 128; }
        shift
        unset PATH PWD OLDPWD SHELL SHLVL _
        while [ "$1" != -- ]; do export "$1"; shift; done
        shift
        (
          found=127 IFS=:
          set -f
          case $1 in
            */*) [ -f "$1" ] && { [ -x "$1" ] && exit 0; found=126; }; [ -d "$1" ] && found=126;;
            *) for folder in $PATH; do
                 [ -f "${folder:-.}/$1" ] && { [ -x "${folder:-.}/$1" ] && exit 0; found=126; }
               done;;
          esac
          exit $found
        )
        found=$?
        if [ $found -ne 0 ]; then
          case $found$1 in
            126*) why="permission denied";;
            127*/*) why="stat $1: no such file or directory";;
            *) why="executable file not found in \$PATH";;
          esac
          echo "$found exec: \"$1\": $why" >&5
          exit $found
        fi
        unset found
        echo started >&5
        exec 2>&7 3<&- 5>&- 6>&- 7>&-
        exec "$@"
        """;

    /// <summary>Gives the standard streams to the container's and its own to the engine's side, then goes on with the command.</summary>
    /// <remarks>Arguments: files for input, output and errors, then the command.</remarks>
    public const string Redirect =
        """
        input=$1 output=$2 error=$3
        shift 3
        exec 3<&0 5>&1 6>&2
        exec <>"$input" >>"$output" 2>>"$error"
        exec "$@"
        """;

    /// <summary>A command as one word of a shell's.</summary>
    public static string Quote(IEnumerable<string> command)
        => string.Join(' ', command.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
}
