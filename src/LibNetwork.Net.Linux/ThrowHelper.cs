using System.Diagnostics.CodeAnalysis;

namespace LibNetwork.Linux;

internal static class ThrowHelper
{
    [DoesNotReturn]
    public static void ThrowBufferTooSmall(int needed, int available)
        => throw new InvalidOperationException($"A netlink message needs {needed} bytes and its buffer has {available}.");

    [DoesNotReturn]
    public static void ThrowAttributeTooLong(int length)
        => throw new InvalidOperationException($"A netlink attribute of {length} bytes is over the format's limit of {ushort.MaxValue}.");

    [DoesNotReturn]
    public static void ThrowMalformed(string what)
        => throw new InvalidDataException($"The kernel's answer is malformed: {what}.");
}
