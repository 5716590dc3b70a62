using System.Text.Json;
using LibNetwork.Cni.Errors;
using LibNetwork.Cni.Invocation;

namespace LibNetwork.Cni.Configuration;

/// <summary>Reads what the runtime writes to the standard input.</summary>
internal static class ConfigurationReader
{
    private const int MaxBytes = 4 << 20;   // a node's whole list of attachments is far from it

    /// <remarks>It waits for the runtime on the thread that has nothing else to do: another one would have to be started.</remarks>
    /// <exception cref="CniException"><see cref="CniErrorCode.InputOutput"/>: too much, or the input failed.</exception>
    public static ReadOnlyMemory<byte> Read(Stream input)
    {
        using MemoryStream whole = new();
        byte[] part = new byte[16 * 1024];
        int read;
        while ((read = input.Read(part)) > 0)
        {
            whole.Write(part, 0, read);
            if (whole.Length > MaxBytes)
            {
                throw new CniException(CniErrorCode.InputOutput, $"the configuration is longer than {MaxBytes} bytes");
            }
        }

        return whole.ToArray();
    }

    /// <summary>The version that a runtime speaks; <see langword="null"/> when it says none, as old ones do that only ask.</summary>
    /// <exception cref="CniException"><see cref="CniErrorCode.Undecodable"/>: not such JSON.</exception>
    public static string? ReadVersion(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n"u8).IsEmpty ? null : Fields(text).Text(ConfigurationFields.Version);

    /// <exception cref="CniException">
    /// <see cref="CniErrorCode.Undecodable"/>: not such JSON. <see cref="CniErrorCode.IncompatibleVersion"/>, <see cref="CniErrorCode.InvalidConfiguration"/>.
    /// </exception>
    public static NetworkConfiguration Parse(ReadOnlySpan<byte> text, CniCommand command)
    {
        JsonFields fields = Fields(text);
        string? version = fields.Text(ConfigurationFields.Version);
        if (version is null || !CniVersion.IsSupported(version))
        {
            throw new CniException(
                CniErrorCode.IncompatibleVersion, $"the configuration has cniVersion \"{version}\", which this plugin does not speak",
                $"supported are {string.Join(", ", CniVersion.Supported)}");
        }

        string since = command switch { CniCommand.Check => "0.4.0", CniCommand.Gc or CniCommand.Status => "1.1.0", _ => version };
        if (!CniVersion.IsAtLeast(version, since))
        {
            throw new CniException(CniErrorCode.IncompatibleVersion, $"{command.ToString().ToUpperInvariant()} is not in version {version}", $"it came with {since}");
        }

        NetworkConfiguration configuration = ConfigurationFields.Read(fields);
        return IsName(configuration.Name)
            ? configuration
            : throw new CniException(
                CniErrorCode.InvalidConfiguration, $"name is \"{configuration.Name}\", which is not a letter or digit and then letters, digits, '_', '.' and '-'");
    }

    private static JsonFields Fields(ReadOnlySpan<byte> text)
    {
        try
        {
            Utf8JsonReader reader = new(text);
            JsonElement whole = JsonElement.ParseValue(ref reader);
            return reader.Read() ? throw new CniException(CniErrorCode.Undecodable, "the configuration goes on behind its end") : JsonFields.Of(whole, string.Empty);
        }
        catch (JsonException malformed)
        {
            throw new CniException(CniErrorCode.Undecodable, $"the configuration cannot be read: {malformed.Message}", inner: malformed);
        }
    }

    private static bool IsName(string name)
        => name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');
}
