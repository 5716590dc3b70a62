namespace LibNetwork.Core.Tests.Ipam;

/// <summary>A line of facts.txt: an id, a kind, named values, and what comes out.</summary>
public sealed record Fact(string Id, string Kind, IReadOnlyDictionary<string, string> Values, string Result)
{
    private const string Arrow = "->";

    public static IReadOnlyList<Fact> All { get; } =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Ipam", "facts.txt")).Where(line => line.Length > 0 && line[0] != '#').Select(Parse)];

    public string this[string name] => Values.GetValueOrDefault(name, string.Empty);

    public string[] List(string name) => ListOf(this[name]);

    public string[] Results => ListOf(Result);

    public override string ToString() => $"{Id} {Kind}";

    private static string[] ListOf(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static Fact Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int arrow = Array.IndexOf(words, Arrow);
        IEnumerable<string> values = words[2..(arrow < 0 ? words.Length : arrow)];
        return new Fact(
            words[0],
            words[1],
            values.Select(word => word.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]),
            arrow >= 0 && arrow + 1 < words.Length ? words[arrow + 1] : string.Empty);
    }
}
