namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>A name, or all names below one.</summary>
internal readonly record struct NamePattern(NameKey Name, bool IsAllBelow)
{
    private const string AllBelow = "*.";

    /// <summary>Reads <c>api.example.org</c> or <c>*.example.org</c>.</summary>
    /// <returns><see langword="null"/> when the DNS cannot hold such a name.</returns>
    public static NamePattern? Parse(string text)
    {
        bool isAllBelow = text.StartsWith(AllBelow, StringComparison.Ordinal);
        return NameKey.TryParse(isAllBelow ? text[AllBelow.Length..] : text, out NameKey name) ? new NamePattern(name, isAllBelow) : null;
    }

    /// <summary>Whether a name is meant.</summary>
    /// <param name="labels">Lower-case labels with their lengths, without the final zero.</param>
    public bool Matches(ReadOnlySpan<byte> labels)
    {
        // Label by label: what looks like the end of the name may be the inside of one label.
        ReadOnlySpan<byte> rest = labels;
        while (rest.Length > Name.Labels.Length)
        {
            rest = rest[Math.Min(1 + rest[0], rest.Length)..];
        }

        return rest.SequenceEqual(Name.Labels) && IsAllBelow == labels.Length > rest.Length;
    }
}
