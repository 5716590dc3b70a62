namespace LibNetwork.ContainerFiles;

/// <summary>Text of users as messages show it.</summary>
internal static class ContainerText
{
    private const int Most = 80;

    /// <summary>The text with control characters as <c>\u000a</c>, cut when it is long.</summary>
    public static string Escape(string text)
        => string.Concat(text.Take(Most).Select(character => char.IsControl(character) ? $"\\u{(int)character:x4}" : character.ToString()));
}
