using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Plan;

/// <summary>The order in which services come up. There are no cycles: the reader has looked.</summary>
internal static class DependencyOrder
{
    /// <summary>Each service after those that it depends on; otherwise the order of the file is kept.</summary>
    public static IReadOnlyList<Service> Of(IReadOnlyList<Service> services)
    {
        IReadOnlyDictionary<string, int> depths = Depths(services);
        return [.. services.OrderBy(service => depths[service.Name])];   // keeps the order of those that are alike
    }

    /// <summary>How many services, one after the other, each must wait for at most. Services of the same depth do not wait for each other.</summary>
    public static IReadOnlyDictionary<string, int> Depths(IReadOnlyList<Service> services)
    {
        Dictionary<string, Service> byName = services.ToDictionary(service => service.Name);
        Dictionary<string, int> depths = [];
        foreach (Service service in services)
        {
            Depth(service);
        }

        return depths;

        int Depth(Service service)
        {
            if (!depths.TryGetValue(service.Name, out int depth))
            {
                depth = service.DependsOn.Select(dependency => Depth(byName[dependency.Service]) + 1).DefaultIfEmpty(0).Max();
                depths[service.Name] = depth;
            }

            return depth;
        }
    }
}
