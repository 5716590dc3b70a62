using System.Text;
using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>The name of a network interface: 1 to 15 bytes without <c>-</c> in front, <c>/</c>, <c>:</c>, white space and control characters.</summary>
public readonly record struct InterfaceName
{
    /// <summary>The longest name, in bytes (the kernel's <c>IFNAMSIZ</c> less the closing zero).</summary>
    public const int MaxBytes = 15;

    private readonly string? _value;

    /// <summary>Checks a name.</summary>
    /// <param name="value">The name.</param>
    /// <param name="field">The property or label that the name came in, for the error.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>, naming <paramref name="field"/>.</exception>
    public InterfaceName(string value, string field = "InterfaceName")
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsValid(value))
        {
            throw NetworkException.InvalidArgument(
                "interface", field, $"\"{Printable.Of(value)}\" is not 1 to {MaxBytes} bytes without '-' in front, '/', ':', '%', white space and control characters");
        }

        _value = value;
    }

    /// <summary>The name.</summary>
    public string Value => _value ?? string.Empty;

    /// <summary>Whether the kernel would take the name, and every tool could print it.</summary>
    public static bool IsValid(string? value)
        => value is { Length: > 0 }
            && value is not ("." or "..")
            && value[0] != '-'   // tools would take it for an option
            && Encoding.UTF8.GetByteCount(value) <= MaxBytes
            && !value.Any(static c => c is '/' or ':' or '%' or '\uFFFD' || char.IsWhiteSpace(c) || char.IsControl(c) || char.IsSurrogate(c));

    /// <inheritdoc/>
    public override string ToString() => Value;
}
