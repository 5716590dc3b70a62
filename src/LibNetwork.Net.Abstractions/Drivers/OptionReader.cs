using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LibNetwork.Drivers;

/// <summary>Reads a driver's option labels strictly: a value that is not understood is an error that names its label.</summary>
public sealed class OptionReader
{
    /// <summary>The least MTU, in bytes: what IPv4 needs (RFC 791).</summary>
    public const int MinMtu = 68;

    /// <summary>The largest MTU, in bytes: what an IP packet's length can say.</summary>
    public const int MaxMtu = 65535;

    private readonly string _subject;
    private readonly IReadOnlyDictionary<string, string> _labels;

    /// <summary>Reads some labels.</summary>
    /// <param name="subject">Whose they are, for errors: <c>network "web"</c>.</param>
    /// <param name="labels">The labels; those that nobody asks for are not looked at.</param>
    public OptionReader(string subject, IReadOnlyDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        _subject = subject;
        _labels = labels;
    }

    /// <summary>A label as it is; <see langword="null"/> when it is not there.</summary>
    public string? Text(string label) => _labels.GetValueOrDefault(label);

    /// <summary>A label that is true or false, in one of the spellings that Docker knows; <see langword="null"/> when it is not there.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: it is neither.</exception>
    public bool? Boolean(string label) => Text(label) switch
    {
        null => null,
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw Invalid(label, "is not a boolean such as true or false"),
    };

    /// <summary>A label that is a whole number; <see langword="null"/> when it is not there.</summary>
    /// <param name="label">The label.</param>
    /// <param name="min">The least that is allowed.</param>
    /// <param name="max">The most that is allowed.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: it is no such number.</exception>
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

    /// <summary>A label that is an IP address; <see langword="null"/> when it is not there.</summary>
    /// <param name="label">The label.</param>
    /// <param name="family">The family that the address must have, or <see langword="null"/> when any will do.</param>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: it is no such address.</exception>
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

    /// <summary>A label that is the name of an interface; <see langword="null"/> when it is not there.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: the kernel would not take it.</exception>
    public InterfaceName? Interface(string label) => Text(label) is { } text ? new InterfaceName(text, label) : null;

    /// <summary>The label of an MTU, in bytes; <see langword="null"/> when it is not there.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: it is not from <see cref="MinMtu"/> to <see cref="MaxMtu"/>.</exception>
    public int? Mtu() => Number(NetworkLabels.Mtu, MinMtu, MaxMtu);

    /// <summary>The label of what interfaces' names inside sandboxes begin with; <c>eth</c> when it is not there.</summary>
    /// <exception cref="NetworkException"><see cref="NetworkErrorKind.InvalidArgument"/>: no name can begin so.</exception>
    public string InterfacePrefix()
    {
        string prefix = Text(NetworkLabels.InterfacePrefix) ?? "eth";
        return prefix.Length > 0 && InterfaceName.IsValid(prefix + "0")
            ? prefix
            : throw Invalid(NetworkLabels.InterfacePrefix, $"is not 1 to {InterfaceName.MaxBytes - 1} bytes that an interface's name may have");
    }

    /// <summary>A label that is a list, without its empty items.</summary>
    public IReadOnlyList<string> Items(string label, char separator)
        => Text(label)?.Split(separator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    /// <summary>The error for a label that is not understood, to be thrown.</summary>
    /// <param name="label">The label.</param>
    /// <param name="problem">What is wrong, such as <c>is not a colour</c>; the value is appended.</param>
    public NetworkException Invalid(string label, string problem)
        => NetworkException.InvalidArgument(_subject, label, $"{problem}: \"{Shortened(Text(label) ?? string.Empty)}\"");

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
