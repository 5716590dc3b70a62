using System.Security.Cryptography;
using System.Text;

namespace LibNetwork.Drivers.Cables;

/// <summary>What the host's end of an endpoint's cable is called.</summary>
internal static class HostInterfaceNames
{
    /// <summary>How many names an endpoint has to choose from.</summary>
    public const int Choices = 3;

    private const int Digits = 7;
    private const string DeadPrefix = "lnx";
    private const int DeadDigits = 8;

    /// <summary>The prefix and seven digits of the endpoint's id: the first seven, or the second or third when a name is taken.</summary>
    public static InterfaceName Of(string prefix, EndpointId id, int choice)
    {
        string digits = id.Value;
        if (digits.Length < Choices * Digits || !digits.All(char.IsAsciiHexDigitLower))
        {
            digits = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(digits)));   // an id of the caller's own making
        }

        return new InterfaceName(string.Concat(prefix, digits.AsSpan(choice * Digits, Digits)));
    }

    /// <summary>Whether a name looks as if it had been made here.</summary>
    public static bool IsOne(string prefix, string name)
        => name.Length == prefix.Length + Digits && name.StartsWith(prefix, StringComparison.Ordinal) && name[prefix.Length..].All(char.IsAsciiHexDigitLower);

    /// <summary>A name for a link that waits to be deleted, so that its own is free at once.</summary>
    public static string Dead() => DeadPrefix + RandomNumberGenerator.GetHexString(DeadDigits, lowercase: true);
}
