using System.Globalization;
using System.Text.RegularExpressions;
using LibNetwork.Linux;

namespace LibNetwork.Tests;

/// <summary>The changes that a world's kernel is asked for, as a plan would write them.</summary>
internal sealed partial class RequestLog : IKernelObserver
{
    private readonly List<KernelRequest> _requests = [];

    public bool WantsDetails => true;

    public void OnRequest(in KernelRequest request)
    {
        lock (_requests)
        {
            if (request.IsChange)
            {
                _requests.Add(request);
            }
        }
    }

    /// <summary>What was asked since the last time, with the names of links.</summary>
    public async Task<IReadOnlyList<string>> TakeAsync(World world)
    {
        KernelRequest[] requests;
        lock (_requests)
        {
            requests = [.. _requests];
            _requests.Clear();
        }

        Dictionary<string, (string Place, Dictionary<int, string> Links)> places = new(StringComparer.Ordinal)
        {
            [world.Host.NamespacePath] = (string.Empty, await LinksAsync(world.Host.NamespacePath)),
        };
        foreach (ISandbox sandbox in world.Controller.Sandboxes)
        {
            places[sandbox.NamespacePath] = ($"in sandbox of container \"{sandbox.ContainerId}\": ", await LinksAsync(sandbox.NamespacePath));
        }

        return [.. requests.Select(request =>
        {
            (string place, Dictionary<int, string> links) = places.GetValueOrDefault(request.NamespacePath ?? string.Empty, (string.Empty, []));
            string link = string.Create(CultureInfo.InvariantCulture, $"link {request.Link}");
            return place + (links.TryGetValue(request.Link, out string? name) ? request.ToString().Replace(link, $"\"{name}\"", StringComparison.Ordinal) : request.ToString());
        })];
    }

    /// <summary>Without what is drawn by chance: an endpoint's id, which its cable's name is made of.</summary>
    public static IEnumerable<string> WithoutChance(IEnumerable<string> lines)
        => lines.Select(static line => EndpointId().Replace(line, "veth*")).Select(static line => EndpointMark().Replace(line, "endpoint:*"));

    private static async Task<Dictionary<int, string>> LinksAsync(string path)
    {
        await using Disturber reader = Disturber.In(path);
        return await reader.ReadAsync(static session => session.Route.DumpLinks().ToDictionary(static link => link.Index, static link => link.Name));
    }

    [GeneratedRegex("veth[0-9a-f]{7}", RegexOptions.NonBacktracking)]
    private static partial Regex EndpointId();

    [GeneratedRegex("endpoint:[0-9a-f]+", RegexOptions.NonBacktracking)]
    private static partial Regex EndpointMark();
}
