using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>The terminal of a process.</summary>
internal static class Terminal
{
    /// <summary>Sets the size of the terminal that a process reads from; the process hears of it.</summary>
    public static void Resize(int process, int rows, int columns)
    {
        try
        {
            using SafeFileHandle terminal = File.OpenHandle($"/proc/{process}/fd/0", FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            Posix.SetTerminalSize(terminal, rows, columns);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            // It has just ended.
        }
    }
}
