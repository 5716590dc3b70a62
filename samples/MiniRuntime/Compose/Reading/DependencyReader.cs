using MiniRuntime.Compose.Model;

namespace MiniRuntime.Compose.Reading;

/// <summary>Reads <c>depends_on</c>: a list of services, or a map from services to conditions.</summary>
internal static class DependencyReader
{
    public static IEnumerable<(Dependency Dependency, YamlValue Source)> Read(YamlValue value)
        => value.IsMap
            ? value.Map()!.Entries().Select(entry => (new Dependency(entry.Key, ReadCondition(entry.Value)), entry.Value))   // it is a map
            : value.Items().Select(item => (Name: item.Text(), item)).Where(entry => entry.Name is not null)
                .Select(entry => (new Dependency(entry.Name!, DependencyCondition.Started), entry.item));   // just tested

    private static DependencyCondition ReadCondition(YamlValue value)
    {
        if (value.IsNull || value.Map() is not { } map)
        {
            return DependencyCondition.Started;
        }

        YamlValue? condition = map.Take("condition");
        map.RejectOthers();
        switch (condition?.Text())
        {
            case null or "service_started":
                return DependencyCondition.Started;
            case "service_completed_successfully":
                return DependencyCondition.CompletedSuccessfully;
            case { } other:
                condition.Report($"condition must be service_started or service_completed_successfully, and is \"{other}\"");
                return DependencyCondition.Started;
        }
    }
}
