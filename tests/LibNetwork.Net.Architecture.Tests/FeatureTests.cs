namespace LibNetwork.Architecture.Tests;

/// <summary>The feature table says what is proven; only a test that names the feature proves it.</summary>
/// <remarks><c>UPDATE_FEATURES=1</c> writes the states as they are into the table.</remarks>
public sealed class FeatureTests
{
    private const string OwnFolder = "tests/LibNetwork.Net.Architecture.Tests/";

    [Fact]
    public void The_table_and_the_tests_agree()
    {
        Dictionary<string, SortedSet<string>> traits = FeatureTable.Collect(Repository.Files("tests", "*.cs")
            .Select(path => (File: Repository.RelativeOf(path), Path: path))
            .Where(source => !source.File.StartsWith(OwnFolder, StringComparison.Ordinal))   // its examples prove nothing
            .Select(source => (source.File, File.ReadAllText(source.Path))));
        string text = Repository.Read(FeatureTable.Document);
        if (Environment.GetEnvironmentVariable("UPDATE_FEATURES") == "1")
        {
            text = FeatureTable.WithStates(text, traits.Keys.ToHashSet(StringComparer.Ordinal));
            File.WriteAllText(Repository.PathOf(FeatureTable.Document), text);
        }

        Assert.NotEmpty(traits);
        Assert.NotEmpty(FeatureTable.Parse(text));
        Assert.Empty(FeatureTable.Disagreements(FeatureTable.Parse(text), traits));
    }

    [Fact]
    public void Every_line_that_looks_like_a_feature_is_read_as_one()
    {
        string text = Repository.Read(FeatureTable.Document);

        int rows = text.Split('\n').Count(line => line.StartsWith("| ", StringComparison.Ordinal) && line.Length > 5 && char.IsAsciiDigit(line[5]));

        Assert.Equal(rows, FeatureTable.Parse(text).Count);
    }

    [Theory]
    [InlineData("| AA-01 | works | proven |", "", "AA-01 is marked proven and no test names it")]
    [InlineData("| AA-01 | works | planned |", "[Fact, Trait(\"Feature\", \"AA-01\")]", "AA-01 is marked planned and a test names it: a.cs")]
    [InlineData("| AA-01 | works | proven |", "[Trait(\"Feature\", \"AA-01\"), Trait(\"Feature\", \"AA-02\")]", "AA-02 is not in the table: a.cs")]
    [InlineData("| AA-01 | works | perhaps |", "[Trait(\"Feature\", \"AA-01\")]", "AA-01 has the state \"perhaps\"")]
    [InlineData("| AA-01 | works | proven |", "    // [Trait(\"Feature\", \"AA-01\")]", "AA-01 is marked proven and no test names it")]
    [InlineData("| AA-01 | works | planned |\n| AA-01 | again | planned |", "", "AA-01 is in the table twice")]
    public void Each_kind_of_disagreement_is_found(string table, string source, string expected)
        => Assert.Equal([expected], FeatureTable.Disagreements(FeatureTable.Parse(table), FeatureTable.Collect([("a.cs", source)])));

    [Fact]
    public void Updating_writes_the_states_and_nothing_else()
        => Assert.Equal(
            "# Features\n\n| Id | Statement | State |\n| AA-01 | works | proven |\n| AA-02 | sleeps | planned |\n",
            FeatureTable.WithStates(
                "# Features\n\n| Id | Statement | State |\n| AA-01 | works | planned |\n| AA-02 | sleeps | proven |\n",
                new HashSet<string>(StringComparer.Ordinal) { "AA-01" }));
}
