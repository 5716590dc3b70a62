using Microsoft.Win32.SafeHandles;

namespace MiniRuntime.Engine.Processes;

/// <summary>Finds the last lines of a file, from its end on.</summary>
internal static class LogTail
{
    private const int BlockSize = 16 * 1024;

    /// <summary>Where the last so many lines begin.</summary>
    public static long Find(SafeFileHandle file, int lines)
    {
        long end = RandomAccess.GetLength(file), position = end;
        byte[] block = new byte[BlockSize];
        int found = 0;
        if (lines <= 0)
        {
            return end;
        }

        while (position > 0)
        {
            int size = (int)Math.Min(BlockSize, position);
            position -= size;
            int read = RandomAccess.Read(file, block.AsSpan(0, size), position);
            for (int i = read - 1; i >= 0; i--)
            {
                // The line end that ends the file begins no line.
                if (block[i] == '\n' && position + i != end - 1 && ++found == lines)
                {
                    return position + i + 1;
                }
            }
        }

        return 0;
    }
}
