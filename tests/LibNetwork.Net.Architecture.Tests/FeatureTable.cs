using System.Text.RegularExpressions;

namespace LibNetwork.Architecture.Tests;

/// <summary>The table of <c>docs/features.md</c>, and the features that tests say they prove.</summary>
internal static partial class FeatureTable
{
    public const string Document = "docs/features.md";
    public const string Proven = "proven";
    public const string Planned = "planned";

    /// <summary>The rows of a document, in its order.</summary>
    public static List<(string Id, string Statement, string State)> Parse(string text)
        => [.. Row().Matches(text).Select(row => (row.Groups["id"].Value, row.Groups["statement"].Value.Trim(), row.Groups["state"].Value.Trim()))];

    /// <summary>The document with the state of each feature as the tests say it.</summary>
    public static string WithStates(string text, IReadOnlySet<string> proven)
        => Row().Replace(text, row => $"| {row.Groups["id"].Value} | {row.Groups["statement"].Value.Trim()} | {(proven.Contains(row.Groups["id"].Value) ? Proven : Planned)} |");

    /// <summary>Every feature that a test names, with the files that do.</summary>
    public static Dictionary<string, SortedSet<string>> Collect(IEnumerable<(string File, string Source)> sources)
    {
        Dictionary<string, SortedSet<string>> found = new(StringComparer.Ordinal);
        foreach ((string file, string source) in sources)
        {
            foreach (Match trait in Trait().Matches(Comment().Replace(source, string.Empty)))
            {
                string id = trait.Groups["id"].Value;
                if (!found.TryGetValue(id, out SortedSet<string>? files))
                {
                    found[id] = files = new SortedSet<string>(StringComparer.Ordinal);
                }

                files.Add(file);
            }
        }

        return found;
    }

    /// <summary>What the table and the tests disagree about.</summary>
    public static List<string> Disagreements(
        IReadOnlyList<(string Id, string Statement, string State)> rows, IReadOnlyDictionary<string, SortedSet<string>> traits)
    {
        List<string> wrong = [];
        wrong.AddRange(rows.GroupBy(row => row.Id).Where(same => same.Count() > 1).Select(same => $"{same.Key} is in the table twice"));
        Dictionary<string, string> states = rows.DistinctBy(row => row.Id).ToDictionary(row => row.Id, row => row.State, StringComparer.Ordinal);
        foreach ((string id, string statement, string state) in rows)
        {
            if (state is not (Proven or Planned))
            {
                wrong.Add($"{id} has the state \"{state}\"");
            }

            if (statement.Length == 0)
            {
                wrong.Add($"{id} states nothing");
            }

            if (state == Proven && !traits.ContainsKey(id))
            {
                wrong.Add($"{id} is marked proven and no test names it");
            }
        }

        foreach ((string id, SortedSet<string> files) in traits)
        {
            string where = string.Join(", ", files);
            if (!states.TryGetValue(id, out string? state))
            {
                wrong.Add($"{id} is not in the table: {where}");
            }
            else if (state == Planned)
            {
                wrong.Add($"{id} is marked planned and a test names it: {where}");
            }
        }

        return wrong;
    }

    [GeneratedRegex(@"^\|\s*(?<id>[A-Z]{2}-\d{2})\s*\|(?<statement>[^|\n]*)\|(?<state>[^|\n]*)\|[ \t]*$", RegexOptions.Multiline, 5000)]
    private static partial Regex Row();

    [GeneratedRegex("\\bTrait\\(\\s*\"Feature\"\\s*,\\s*\"(?<id>[^\"]*)\"\\s*\\)", RegexOptions.ExplicitCapture, 5000)]
    private static partial Regex Trait();

    [GeneratedRegex(@"^\s*//.*$", RegexOptions.Multiline, 5000)]
    private static partial Regex Comment();
}
