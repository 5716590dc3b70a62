namespace LibNetwork.Architecture.Tests;

/// <summary>Who may reference whom. A new project of src/ needs a row here, and a reason in ARCHITECTURE.md.</summary>
public sealed class ReferenceTests
{
    private const string Family = "LibNetwork.Net";
    private const string Logging = "Microsoft.Extensions.Logging.Abstractions";
    private const string Options = "Microsoft.Extensions.Options";
    private const string Injection = "Microsoft.Extensions.DependencyInjection.Abstractions";

    // Abstractions and Linux bring these along; who stands on them may say so.
    private static readonly string[] Common = [Logging, Options, Injection];

    private sealed record Rule(string[] Projects, string[] Packages, string[] Frameworks, int FurtherPackages = 0);

    [Fact]
    public void Projects_of_src_reference_only_what_they_may()
    {
        List<string> wrong = [];
        foreach (ProjectFile project in Repository.Projects("src"))
        {
            if (RuleFor(project.Name) is not { } rule)
            {
                wrong.Add($"{project.Name} has no rule");
                continue;
            }

            wrong.AddRange(project.Projects.Except(rule.Projects).Select(other => $"{project.Name} references {other}"));
            wrong.AddRange(project.Frameworks.Except(rule.Frameworks).Select(other => $"{project.Name} references framework {other}"));
            wrong.AddRange(project.Packages.Except(rule.Packages).Skip(rule.FurtherPackages).Select(other => $"{project.Name} references package {other}"));
        }

        Violations.None(wrong);
    }

    [Fact]
    public void A_test_project_references_its_subject_and_test_support()
    {
        List<string> wrong = [];
        foreach (ProjectFile project in Repository.Projects("tests").Where(project => project.Name.EndsWith(".Tests", StringComparison.Ordinal)))
        {
            string subject = project.Name[..^".Tests".Length];
            bool isAboutOneProject = RuleFor(subject) is not null;
            string[] allowed = [subject, .. RuleFor(subject)?.Projects ?? [], $"{Family}.TestSupport", $"{Family}.Testing"];
            wrong.AddRange(project.Projects.Where(other => isAboutOneProject && !allowed.Contains(other)).Select(other => $"{project.Name} references {other}"));
        }

        Violations.None(wrong);
    }

    [Fact]
    public void Internals_are_shown_only_to_a_projects_own_tests_and_the_benchmarks()
    {
        IEnumerable<string> wrong = Repository.Projects("src")
            .SelectMany(project => project.Friends.Select(friend => (project.Name, Friend: friend)))
            .Where(pair => pair.Friend != $"{pair.Name}.Tests" && pair.Friend != $"{Family}.Benchmarks")
            .Select(pair => $"{pair.Name} shows its internals to {pair.Friend}")
            .Concat(Repository.Files("src", "*.cs").Where(path => File.ReadAllText(path).Contains("InternalsVisibleTo", StringComparison.Ordinal))
                .Select(path => $"{Repository.RelativeOf(path)} shows internals: say it in the project file"));

        Violations.None(wrong);
    }

    [Fact]
    public void The_package_that_brings_the_others_has_no_code()
        => Violations.None(Repository.Files($"src/{Family}", "*.cs").Select(Repository.RelativeOf));

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        string solution = Repository.Read("LibNetwork.Net.sln");

        IEnumerable<string> missing = ((string[])["src", "tests", "samples", "benchmarks"]).SelectMany(Repository.Projects)
            .Select(project => project.Name)
            .Where(name => !solution.Contains($"{name}.csproj\"", StringComparison.Ordinal));

        Violations.None(missing);
    }

    private static Rule? RuleFor(string project) => project switch
    {
        $"{Family}.Abstractions" => new Rule(
            [], [Injection, Options], []),
        $"{Family}.Linux" => new Rule([], ["Tmds.LibC", Logging], []),
        $"{Family}.Core" => new Rule([$"{Family}.Abstractions", $"{Family}.Linux"], Common, []),
        _ when project.StartsWith($"{Family}.Drivers.", StringComparison.Ordinal) => new Rule(
            [$"{Family}.Abstractions", $"{Family}.Linux"], Common, []),
        _ when project.StartsWith($"{Family}.Store.", StringComparison.Ordinal) => new Rule(
            [$"{Family}.Abstractions"], Common, [], FurtherPackages: 1),
        $"{Family}.Hosting" => new Rule(
            [$"{Family}.Abstractions", $"{Family}.Core"],
            [.. Common, "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Diagnostics.HealthChecks.Abstractions", "Microsoft.Extensions.Diagnostics.HealthChecks"],
            []),
        $"{Family}.Cni" => new Rule(
            [$"{Family}.Abstractions", $"{Family}.Linux", $"{Family}.Core", $"{Family}.Drivers.Bridge", $"{Family}.Store.Sqlite"],
            ["Microsoft.Extensions.DependencyInjection"],
            []),
        $"{Family}.Diagnostics" => new Rule([$"{Family}.Abstractions"], Common, ["Microsoft.AspNetCore.App"]),
        $"{Family}.Plugins" => new Rule([$"{Family}.Abstractions", $"{Family}.Linux"], Common, ["Microsoft.AspNetCore.App"]),
        $"{Family}.Testing" => new Rule(
            [$"{Family}.Abstractions", $"{Family}.Linux"], ["xunit.v3.extensibility.core", "xunit.v3.assert"], []),
        Family => new Rule(
            [
                $"{Family}.Abstractions", $"{Family}.Core", $"{Family}.Drivers.Bridge", $"{Family}.Drivers.Host", $"{Family}.Drivers.Ipvlan", $"{Family}.Drivers.Macvlan",
                $"{Family}.Drivers.Overlay", $"{Family}.Drivers.Remote",
                $"{Family}.Store.Sqlite", $"{Family}.Hosting",
            ],
            [],
            []),
        _ => null,
    };
}
