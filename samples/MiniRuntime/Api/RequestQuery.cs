using System.Globalization;
using Microsoft.AspNetCore.Http;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>Reads a request's parameters as dockerd reads them.</summary>
internal static class RequestQuery
{
    /// <summary>Whether a flag is set: everything but nothing, <c>0</c>, <c>no</c>, <c>false</c> and <c>none</c>.</summary>
    public static bool Flag(this HttpRequest request, string name)
        => request.Query[name].ToString().Trim().ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none");

    public static string? Text(this HttpRequest request, string name) => request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <exception cref="EngineException">400: it is not a number.</exception>
    public static int? Number(this HttpRequest request, string name)
        => request.Text(name) is not { } text ? null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number
            : throw EngineException.BadRequest($"invalid value for {name}: \"{text}\"");
}
