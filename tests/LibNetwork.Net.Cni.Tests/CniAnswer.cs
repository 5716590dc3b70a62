using System.Text.Json;

namespace LibNetwork.Cni.Tests;

/// <summary>What a call of the plugin came to.</summary>
internal sealed record CniAnswer(int ExitCode, string Output, string Errors)
{
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;

    /// <summary>The error's number; <see langword="null"/> for a call that went well.</summary>
    public int? Code => ExitCode == 0 ? null : Json.GetProperty("code").GetInt32();

    public string Message => Json.GetProperty("msg").GetString()!;   // an error has one

    public IReadOnlyList<string> Addresses => [.. Json.GetProperty("ips").EnumerateArray().Select(static ip => ip.GetProperty("address").GetString()!)];   // an address has one

    /// <summary>The answer of a call that must have gone well.</summary>
    public CniAnswer MustBeGood()
    {
        Assert.True(ExitCode == 0, Output + Errors);
        return this;
    }
}
