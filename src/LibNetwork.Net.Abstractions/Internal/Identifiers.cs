using System.Diagnostics.CodeAnalysis;

namespace LibNetwork.Internal;

internal static class Identifiers
{
    private const int MaxLength = 64;
    private const int RandomBytes = 32;

    /// <remarks>Unlike any other, but no secret: from the runtime's own generator, which the system seeds.</remarks>
    public static string Random()
    {
        Span<byte> bytes = stackalloc byte[RandomBytes];
        System.Random.Shared.NextBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    public static string Checked(string value, string kind)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsValid(value))
        {
            throw NetworkException.InvalidArgument(
                kind, "Id", $"\"{Printable.Of(value)}\" is not 1 to {MaxLength} letters, digits, '_', '.' or '-'");
        }

        return value;
    }

    public static bool IsValid([NotNullWhen(true)] string? value)
        => value is { Length: > 0 and <= MaxLength } and not ("." or "..") && value.All(IsAllowed);

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-';
}
