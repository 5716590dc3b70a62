using System.Security.Cryptography;
using System.Text;

namespace MiniRuntime.Compose.Plan;

/// <summary>A fingerprint of what was asked, to see later whether the same is asked again.</summary>
internal static class ConfigHash
{
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));   // so that parts cannot run into each other
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
