using Microsoft.Win32.SafeHandles;

namespace LibNetwork.Cni;

/// <summary>The process's streams as they are. The runtime's own for a console bring a thread along, for signals that a terminal sends.</summary>
internal static class StandardStreams
{
    private const int Input = 0, Output = 1, Error = 2;

    public static Stream OpenInput() => Open(Input, FileAccess.Read);

    public static Stream OpenOutput() => Open(Output, FileAccess.Write);

    public static Stream OpenError() => Open(Error, FileAccess.Write);

    private static FileStream Open(int descriptor, FileAccess access) => new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
}
