using System.Globalization;
using System.Text.RegularExpressions;

namespace LibNetwork.Architecture.Tests;

/// <summary>Log event ids are part of the product: each project has its block, and no number means two things.</summary>
public sealed partial class EventIdTests
{
    private static readonly Dictionary<string, (int First, int Last)> Blocks = new()
    {
        ["LibNetwork.Net.Core"] = (1000, 1499),
        ["LibNetwork.Net.Linux"] = (2000, 2399),
        ["LibNetwork.Net.Drivers.Bridge"] = (3000, 3099),
        ["LibNetwork.Net.Drivers.Overlay"] = (3100, 3199),
        ["LibNetwork.Net.Drivers.Macvlan"] = (3200, 3299),
        ["LibNetwork.Net.Drivers.Ipvlan"] = (3300, 3399),
        ["LibNetwork.Net.Drivers.Host"] = (3400, 3499),
        ["LibNetwork.Net.Drivers.Remote"] = (3500, 3599),
        ["LibNetwork.Net.Plugins"] = (3600, 3699),
        ["LibNetwork.Net.Store.Sqlite"] = (4000, 4099),
        ["LibNetwork.Net.Store.Etcd"] = (4100, 4199),
        ["LibNetwork.Net.Hosting"] = (5000, 5099),
        ["LibNetwork.Net.Cni"] = (5100, 5199),
    };

    private sealed record EventId(string Project, string Name, int Number);

    [Fact]
    public void Ids_are_inside_their_projects_block()
    {
        IEnumerable<string> wrong = AllIds()
            .Where(id => !Blocks.TryGetValue(id.Project, out (int First, int Last) block) || id.Number < block.First || id.Number > block.Last)
            .Select(id => $"{id.Project}: {id.Name} = {id.Number}");

        Violations.None(wrong);
    }

    [Fact]
    public void Ids_are_unique()
    {
        IEnumerable<string> wrong = AllIds().GroupBy(id => id.Number).Where(same => same.Count() > 1)
            .Select(same => $"{same.Key}: {string.Join(", ", same.Select(id => $"{id.Project} {id.Name}"))}");

        Violations.None(wrong);
    }

    [Fact]
    public void Messages_take_their_id_from_the_projects_list()
    {
        IEnumerable<string> wrong = Repository.Files("src", "*.cs")
            .SelectMany(path => MessageStart().Matches(File.ReadAllText(path)).Select(match => (Path: path, Argument: match.Groups["id"].Value)))
            .Where(message => !message.Argument.StartsWith("EventIds.", StringComparison.Ordinal))
            .Select(message => $"{Repository.RelativeOf(message.Path)}: {message.Argument}");

        Violations.None(wrong);
    }

    [Fact]
    public void The_lists_are_found() => Assert.NotEmpty(AllIds());

    private static List<EventId> AllIds()
        => [.. Repository.Files("src", "EventIds.cs").SelectMany(path => Constant().Matches(File.ReadAllText(path))
            .Select(match => new EventId(
                Repository.RelativeOf(path).Split('/')[1], match.Groups["name"].Value, int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture))))];

    [GeneratedRegex(@"const\s+int\s+(?<name>\w+)\s*=\s*(?<number>\d+)\s*;", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Constant();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?<id>[^,)\s]*)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex MessageStart();
}
