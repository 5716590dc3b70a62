using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Drivers.Bridge;

/// <summary>Reads option labels strictly: a value that is not understood is an error that names its label.</summary>
internal readonly struct OptionReader(string subject, IReadOnlyDictionary<string, string> labels)
{
    public string? Text(string label) => labels.GetValueOrDefault(label);

    public bool? Boolean(string label) => Text(label) switch
    {
        null => null,
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw Invalid(label, "is not a boolean such as true or false"),
    };

    public int? Number(string label, int min, int max)
    {
        if (Text(label) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : throw Invalid(label, $"is not a number from {min} to {max}");
    }

    /// <param name="label">The label.</param>
    /// <param name="family">The family that the address must have, or <see langword="null"/> when any will do.</param>
    public IPAddress? Address(string label, AddressFamily? family = null)
    {
        if (Text(label) is not { } text)
        {
            return null;
        }

        // IPAddress.TryParse also takes "10", "0x0a.1", "[::1]:80" and "fe80::1%eth0"; in an option these are typing errors.
        bool valid = text.AsSpan().IndexOfAny('[', '%') < 0
            && IPAddress.TryParse(text, out IPAddress? address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text == address.ToString())
            && (family is null || address.AddressFamily == family);
        string wanted = family switch
        {
            AddressFamily.InterNetwork => "an IPv4 address",
            AddressFamily.InterNetworkV6 => "an IPv6 address",
            _ => "an IP address",
        };
        return valid ? IPAddress.Parse(text) : throw Invalid(label, $"is not {wanted}");
    }

    public GatewayMode Mode(string label) => Text(label) switch
    {
        null or "" or "nat" => GatewayMode.Nat,
        "nat-unprotected" => GatewayMode.NatUnprotected,
        "routed" => GatewayMode.Routed,
        "isolated" => GatewayMode.Isolated,
        _ => throw Invalid(label, "is not nat, nat-unprotected, routed or isolated"),
    };

    public InterfaceName? Interface(string label) => Text(label) is { } text ? new InterfaceName(text, label) : null;

    public IReadOnlyList<string> Items(string label, char separator)
        => Text(label)?.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    public NetworkException Invalid(string label, string problem)
        => NetworkException.InvalidArgument(subject, label, $"{problem}: \"{Shortened(Text(label) ?? string.Empty)}\"");

    private static string Shortened(string text)
    {
        const int MaxShown = 80;
        string shown = text.Length > MaxShown ? text[..MaxShown] + "..." : text;
        return string.Create(shown.Length, shown, static (target, source) =>
        {
            for (int i = 0; i < target.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? '?' : source[i];
            }
        });
    }
}
