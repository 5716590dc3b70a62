using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Reading;

/// <summary>Finds services that wait for each other.</summary>
internal static class DependencyCycles
{
    /// <summary>Reports each cycle once, at the line of it that comes first.</summary>
    public static void Report(IReadOnlyList<(string Service, Dependency Dependency, YamlValue Source)> dependencies)
    {
        HashSet<string> reported = [];
        foreach ((string service, Dependency dependency, YamlValue source) in dependencies)
        {
            if (!reported.Contains(service) && Path(dependency.Service, service, dependencies, []) is { } way)
            {
                source.ReportAtName($"services depend on each other in a circle: {string.Join(" → ", [service, .. way])}");
                reported.UnionWith(way);
            }
        }
    }

    private static List<string>? Path(
        string from, string to, IReadOnlyList<(string Service, Dependency Dependency, YamlValue Source)> dependencies, HashSet<string> seen)
    {
        if (from == to)
        {
            return [from];
        }

        if (!seen.Add(from))
        {
            return null;
        }

        foreach ((_, Dependency next, _) in dependencies.Where(entry => entry.Service == from))
        {
            if (Path(next.Service, to, dependencies, seen) is { } way)
            {
                return [from, .. way];
            }
        }

        return null;
    }
}
