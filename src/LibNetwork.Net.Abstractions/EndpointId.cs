using LibNetwork.Internal;

namespace LibNetwork;

/// <summary>Identifies a endpoint: 1 to 64 letters, digits, <c>_</c>, <c>.</c> or <c>-</c>.</summary>
public readonly record struct EndpointId
{
    /// <summary>Takes a caller's own id.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: other characters, or too long.</exception>
    public EndpointId(string value) => Value = Identifiers.Checked(value, "endpoint");

    /// <summary>The id as text.</summary>
    public string Value { get; }

    /// <summary>Makes a random id of 64 hexadecimal digits.</summary>
    public static EndpointId New() => new(Identifiers.Random());

    /// <inheritdoc/>
    public override string ToString() => Value ?? string.Empty;
}
