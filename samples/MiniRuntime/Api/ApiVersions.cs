using Microsoft.AspNetCore.Http;
using MiniRuntime.Engine;

namespace MiniRuntime.Api;

/// <summary>The versions of the Docker Engine API that are served, and the prefix of paths that names one: <c>/v1.47/info</c>.</summary>
internal static class ApiVersions
{
    public const string Newest = "1.47";
    public const string Oldest = "1.41";

    /// <summary>Takes the prefix off the path and refuses versions that are not served.</summary>
    public static Task TakePrefixAsync(HttpContext context, RequestDelegate next)
    {
        string path = context.Request.Path.Value ?? string.Empty;
        if (path.StartsWith("/v", StringComparison.Ordinal) && path.IndexOf('/', 1) is > 2 and int end
            && Version.TryParse(path.AsSpan(2, end - 2), out Version? asked))
        {
            Check(asked);
            context.Request.Path = path[end..];
        }

        return next(context);
    }

    private static void Check(Version asked)
    {
        if (asked > Version.Parse(Newest))
        {
            throw EngineException.BadRequest($"client version {asked} is too new. Maximum supported API version is {Newest}");
        }

        if (asked < Version.Parse(Oldest))
        {
            throw EngineException.BadRequest(
                $"client version {asked} is too old. Minimum supported API version is {Oldest}, please upgrade your client to a newer version");
        }
    }
}
