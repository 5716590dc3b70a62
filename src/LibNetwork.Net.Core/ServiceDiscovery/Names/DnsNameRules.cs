using LibNetwork.ServiceDiscovery.Dns;

namespace LibNetwork.ServiceDiscovery.Names;

/// <summary>Which names an endpoint may have: those that a program can ask for, and that mean nothing else already.</summary>
internal static class DnsNameRules
{
    private const string Loopback = "localhost";

    /// <summary>Checks names: labels of 1 to 63 letters, digits, <c>-</c> and <c>_</c> with dots between, 253 characters in all, not <c>localhost</c>.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>.</exception>
    public static void Check(IEnumerable<string> names, string subject, string field)
    {
        foreach (string name in names)
        {
            if (Problem(name) is { } problem)
            {
                throw NetworkException.InvalidArgument(subject, field, $"\"{Escaped(name)}\" {problem}");
            }
        }
    }

    private static string? Problem(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return "is empty";
        }

        if (name.Length > DnsWire.MaxNameBytes - 2)
        {
            return $"has {name.Length} characters, more than {DnsWire.MaxNameBytes - 2}";
        }

        foreach (string label in name.Split('.'))
        {
            if (label.Length is 0 or > DnsWire.MaxLabelBytes)
            {
                return label.Length == 0 ? "has an empty part" : $"has a part of {label.Length} characters, more than {DnsWire.MaxLabelBytes}";
            }

            if (!label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
            {
                return "has other characters than letters, digits, '-', '_' and '.'";
            }
        }

        return name.Equals(Loopback, StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + Loopback, StringComparison.OrdinalIgnoreCase)
            ? "means the sandbox itself"
            : null;
    }

    private static string Escaped(string? name)
    {
        const int Most = 80;
        string text = name ?? string.Empty;
        return string.Concat(text.Take(Most).Select(character => char.IsControl(character) ? $"\\u{(int)character:x4}" : character.ToString()));
    }
}
