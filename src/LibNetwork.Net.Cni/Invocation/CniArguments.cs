using System.Collections.ObjectModel;
using LibNetwork.Cni.Errors;

namespace LibNetwork.Cni.Invocation;

/// <summary>Reads <c>CNI_ARGS</c>: <c>IgnoreUnknown=1;IP=10.1.0.5</c>.</summary>
internal static class CniArguments
{
    public const string Address = "IP";
    public const string MacAddress = "MAC";
    private const string IgnoreUnknown = "IgnoreUnknown";

    /// <exception cref="CniException"><see cref="CniErrorCode.InvalidEnvironment"/>: it is not pairs, or has a name that means nothing here and may not be ignored.</exception>
    public static IReadOnlyDictionary<string, string> Parse(string variable, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return ReadOnlyDictionary<string, string>.Empty;
        }

        Dictionary<string, string> arguments = [];
        foreach (string pair in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new CniException(CniErrorCode.InvalidEnvironment, $"{variable} has \"{pair}\", which is not NAME=VALUE");
            }

            arguments[pair[..equals]] = pair[(equals + 1)..];
        }

        bool ignores = arguments.GetValueOrDefault(IgnoreUnknown) is "1" or "true" or "TRUE" or "True";
        string? unknown = arguments.Keys.FirstOrDefault(static name => name is not (Address or MacAddress or IgnoreUnknown));
        return unknown is null || ignores
            ? arguments
            : throw new CniException(
                CniErrorCode.InvalidEnvironment, $"{variable} has \"{unknown}\", which means nothing to this plugin", $"known are {Address} and {MacAddress}; {IgnoreUnknown}=1 lets the rest pass");
    }
}
