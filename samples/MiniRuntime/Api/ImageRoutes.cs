using System.IO.Enumeration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MiniRuntime.Api.Messages;
using MiniRuntime.Engine;
using MiniRuntime.Engine.Images;

namespace MiniRuntime.Api;

/// <summary>Images, which are imported; there is no client for registries.</summary>
internal static class ImageRoutes
{
    private const string InspectSuffix = "/json";

    public static void Map(IEndpointRouteBuilder routes, RuntimeEngine engine)
    {
        routes.MapGet("/images/json", (string? filters) => List(engine, Filters.Parse(filters, "reference", "dangling")));
        routes.MapPost("/images/create", (HttpContext context, [AsParameters] ImageSource source) => CreateAsync(context, engine, source));
        routes.MapPost("/images/prune", (string? filters) => Prune(engine, Filters.Parse(filters, "dangling")));

        // An image's name may have slashes in it.
        routes.MapGet("/images/{**path}", (string path) => Inspect(engine, path));
        routes.MapDelete("/images/{**name}", (string name, string? force) => Remove(engine, name, force is "1" or "true"));
    }

    private static IReadOnlyList<ImageSummaryMessage> List(RuntimeEngine engine, Filters filters)
        =>
        [
            .. engine.Images.List()
                .Where(image => filters["reference"] is [] || image.Tags.Any(tag => filters["reference"].Any(pattern => IsReference(tag, pattern))))
                .Where(image => filters.Flag("dangling") is not { } dangling || dangling == (image.Tags.Count == 0))
                .OrderByDescending(image => image.Created)
                .Select(ImageSummaryMessage.Of),
        ];

    private static bool IsReference(string tag, string pattern)
        => FileSystemName.MatchesSimpleExpression(pattern, tag, ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(pattern, tag.AsSpan(0, tag.LastIndexOf(':')), ignoreCase: false);

    private static async Task CreateAsync(HttpContext context, RuntimeEngine engine, ImageSource source)
    {
        Image image = await source.ImportAsync(context, engine.Images);
        Publish(engine, "import", image.Id, image.Id);
        context.Response.ContentType = ApiJson.ContentType;
        await ApiJson.WriteLineAsync(context, new ProgressMessage(image.Id), context.RequestAborted);
    }

    private static ImageMessage Inspect(RuntimeEngine engine, string path)
    {
        if (!path.EndsWith(InspectSuffix, StringComparison.Ordinal))
        {
            throw EngineException.NotFound("page not found");
        }

        string name = path[..^InspectSuffix.Length];
        return ImageMessage.Of(engine.Images.Find(name) ?? throw NoSuchImage(name));
    }

    private static IReadOnlyList<ImageRemovalMessage> Remove(RuntimeEngine engine, string name, bool force)
    {
        Image image = engine.Images.Find(name) ?? throw NoSuchImage(name);
        RefuseUsed(engine, image, name);
        (IReadOnlyList<string> untagged, IReadOnlyList<string> deleted) = engine.Images.Remove(name, force);
        foreach (string tag in untagged)
        {
            Publish(engine, "untag", image.Id, tag);
        }

        foreach (string id in deleted)
        {
            Publish(engine, "delete", id, id);
        }

        return
        [
            .. untagged.Select(tag => new ImageRemovalMessage { Untagged = tag }),
            .. deleted.Select(id => new ImageRemovalMessage { Deleted = id }),
        ];
    }

    /// <summary>Containers' roots lie over their image's; only a name too many can go.</summary>
    private static void RefuseUsed(RuntimeEngine engine, Image image, string name)
    {
        bool isNameTooMany = image.Tags.Count > 1 && !image.Id.Contains(name, StringComparison.Ordinal);
        if (!isNameTooMany && engine.Containers.List().FirstOrDefault(container => container.Record.ImageId == image.Id) is { } user)
        {
            throw EngineException.Conflict($"conflict: unable to delete {name} (cannot be forced) - image is being used by container {user.Name}");
        }
    }

    private static ImagePruneMessage Prune(RuntimeEngine engine, Filters filters)
    {
        if (filters.Flag("dangling") == false)
        {
            throw EngineException.NotImplemented("only images without a name are pruned");
        }

        HashSet<string> used = [.. engine.Containers.List().Select(container => container.Record.ImageId)];
        Image[] unnamed = [.. engine.Images.List().Where(image => image.Tags.Count == 0 && !used.Contains(image.Id))];
        return new ImagePruneMessage([.. unnamed.SelectMany(image => Remove(engine, image.Id, force: false))], unnamed.Sum(image => image.Size));
    }

    private static EngineException NoSuchImage(string name)
        => EngineException.NotFound($"No such image: {(name.Contains(':', StringComparison.Ordinal) ? name : name + ":latest")}");

    private static void Publish(RuntimeEngine engine, string action, string id, string name)
        => engine.Events.Publish("image", action, id, new Dictionary<string, string> { ["name"] = name });
}
