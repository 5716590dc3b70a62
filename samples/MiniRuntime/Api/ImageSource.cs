using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Images;

namespace MiniRuntime.Api;

/// <summary>Where a new image comes from, as the parameters of <c>POST /images/create</c> say it.</summary>
internal sealed record ImageSource(string? FromSrc, string? FromImage, string? Repo, string? Tag, [FromQuery] string[]? Changes)
{
    /// <exception cref="EngineException">501: from anywhere but the request's body. 400: that is no archive.</exception>
    public Task<Image> ImportAsync(HttpContext context, ImageStore images)
    {
        if (!string.IsNullOrEmpty(FromImage))
        {
            throw EngineException.NotImplemented($"cannot pull {FromImage}: this engine knows no registries; import a root file system with \"docker import\"");
        }

        if (FromSrc != "-")
        {
            throw EngineException.NotImplemented($"cannot import from \"{FromSrc}\": only an archive in the request's body (\"docker import -\")");
        }

        if (Changes is { Length: > 0 })
        {
            throw EngineException.NotImplemented("an imported image cannot be changed on the way (--change)");
        }

        // An archive is as long and comes as slowly as it likes.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        context.Features.GetRequiredFeature<IHttpMinRequestBodyDataRateFeature>().MinDataRate = null;
        (string? name, string? tag) = Split(Repo, Tag);
        return images.ImportAsync(context.Request.Body, name, tag, context.RequestAborted);
    }

    /// <summary>A name may come with its tag: <c>host:5000/bb:v1</c>.</summary>
    private static (string? Name, string? Tag) Split(string? repository, string? tag)
    {
        if (string.IsNullOrEmpty(repository))
        {
            return (null, null);
        }

        int colon = repository.LastIndexOf(':');
        return !string.IsNullOrEmpty(tag) || colon < 0 || colon < repository.LastIndexOf('/')
            ? (repository, string.IsNullOrEmpty(tag) ? null : tag)
            : (repository[..colon], repository[(colon + 1)..]);
    }
}
