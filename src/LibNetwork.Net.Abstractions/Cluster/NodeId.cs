using LibNetwork.Internal;

namespace LibNetwork.Cluster;

/// <summary>Identifies a node of a cluster: 1 to 64 letters, digits, <c>_</c>, <c>.</c> or <c>-</c>.</summary>
public readonly record struct NodeId
{
    /// <summary>Takes a caller's own id.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: other characters, or too long.</exception>
    public NodeId(string value) => Value = Identifiers.Checked(value, "node");

    /// <summary>The id as text.</summary>
    public string Value { get; }

    /// <summary>Makes a random id of 64 hexadecimal digits.</summary>
    public static NodeId New() => new(Identifiers.Random());

    /// <summary>Reads an id that may be none.</summary>
    public static bool TryParse(string? text, out NodeId id)
    {
        id = Identifiers.IsValid(text) ? new NodeId(text) : default;
        return id != default;
    }

    /// <inheritdoc/>
    public override string ToString() => Value ?? string.Empty;
}
