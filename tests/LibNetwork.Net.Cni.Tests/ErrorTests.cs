using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LibNetwork.Cni.Tests;

/// <summary>What is refused before anything is touched, with which of the specification's numbers.</summary>
public sealed class ErrorTests
{
    private const string Good = """
        {
          "cniVersion": "1.1.0", "name": "web", "type": "libnetwork-cni", "isGateway": true, "runDirectory": "/nonexistent/libnetwork-cni",
          "ipam": { "type": "host-local", "ranges": [[{ "subnet": "10.88.0.0/16" }]], "routes": [{ "dst": "0.0.0.0/0" }] }
        }
        """;

    // Everything is as it should be but the namespace, which is looked for last.
    private static readonly Dictionary<string, string?> Variables = new()
    {
        ["CNI_COMMAND"] = "ADD", ["CNI_CONTAINERID"] = "c1", ["CNI_NETNS"] = "/nonexistent/netns", ["CNI_IFNAME"] = "eth0", ["CNI_ARGS"] = null, ["CNI_PATH"] = "/opt/cni/bin",
    };

    [Theory, Trait("Feature", "CI-03")]
    [InlineData("CNI_COMMAND", null, "is missing")]
    [InlineData("CNI_COMMAND", "add", "none of ADD")]
    [InlineData("CNI_CONTAINERID", null, "is missing")]
    [InlineData("CNI_CONTAINERID", "-c", "not a letter or digit")]
    [InlineData("CNI_CONTAINERID", "a/b", "not a letter or digit")]
    [InlineData("CNI_NETNS", null, "is missing")]
    [InlineData("CNI_NETNS", "netns", "not a path from the root")]
    [InlineData("CNI_IFNAME", null, "is missing")]
    [InlineData("CNI_IFNAME", "a-name-of-16-byte", "not a name")]
    [InlineData("CNI_IFNAME", "a/b", "not a name")]
    [InlineData("CNI_IFNAME", "a:b", "not a name")]
    [InlineData("CNI_ARGS", "IP", "not NAME=VALUE")]
    [InlineData("CNI_ARGS", "K8S_POD_NAME=p", "means nothing")]
    public async Task A_variable_that_is_not_valid_is_error_4_and_named(string variable, string? value, string problem)
    {
        (int code, string message) = await RefusedAsync(Good, (variable, value));

        Assert.Equal(4, code);
        Assert.StartsWith(variable, message, StringComparison.Ordinal);
        Assert.Contains(problem, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GC")]
    [InlineData("STATUS")]
    public async Task Verbs_about_no_container_need_the_path(string command)
    {
        (int code, string message) = await RefusedAsync(Good, ("CNI_COMMAND", command), ("CNI_PATH", null));

        Assert.Equal((4, "CNI_PATH is missing"), (code, message));
    }

    [Fact]
    public async Task With_all_valid_only_the_namespace_is_missing()
    {
        (int code, string message) = await RefusedAsync(Good, ("CNI_ARGS", "IgnoreUnknown=1;K8S_POD_NAME=p"));

        Assert.Equal(4, code);
        Assert.Contains("/nonexistent/netns", message, StringComparison.Ordinal);
    }

    [Theory, Trait("Feature", "CI-03")]
    [InlineData("""{ "cniVersion": "0.2.0" }""", 1, "0.2.0")]
    [InlineData("""{ "cniVersion": "9.0.0" }""", 1, "9.0.0")]
    [InlineData("""{ "cniVersion": null }""", 1, "cniVersion")]
    [InlineData("""{ "promiscMode": true }""", 2, "promiscMode")]
    [InlineData("""{ "vlan": 7 }""", 2, "vlan")]
    [InlineData("""{ "vlanTrunk": [{ "id": 7 }] }""", 2, "vlanTrunk")]
    [InlineData("""{ "forceAddress": true }""", 2, "forceAddress")]
    [InlineData("""{ "disableContainerInterface": true }""", 2, "disableContainerInterface")]
    [InlineData("""{ "ipMasqBackend": "iptables" }""", 2, "ipMasqBackend")]
    [InlineData("""{ "ipam": { "type": "dhcp" } }""", 2, "dhcp")]
    [InlineData("""{ "ipam": { "subnet": "10.88.0.0/16", "routes": [{ "dst": "10.0.0.0/8", "mtu": 1400 }] } }""", 2, "ipam.routes")]
    [InlineData("""{ "name": "" }""", 7, "name")]
    [InlineData("""{ "name": "a/b" }""", 7, "name")]
    [InlineData("""{ "ipam": null }""", 7, "ipam")]
    [InlineData("""{ "ipam": {} }""", 7, "ipam")]
    [InlineData("""{ "ipam": { "subnet": "10.88.0.0" } }""", 7, "subnet")]
    [InlineData("""{ "ipam": { "subnet": "10.88.0.0/31" } }""", 7, "subnet")]
    [InlineData("""{ "ipam": { "subnet": "10.88.0.0/16", "gateway": "10.99.0.1" } }""", 7, "gateway")]
    [InlineData("""{ "ipam": { "subnet": "10.88.0.0/16", "rangeStart": "10.88.0.9", "rangeEnd": "10.88.0.3" } }""", 7, "rangeStart")]
    [InlineData("""{ "ipam": { "ranges": [[{ "subnet": "10.88.0.0/16" }, { "subnet": "10.89.0.0/16" }]] } }""", 7, "ipam.ranges")]
    [InlineData("""{ "ipam": { "ranges": [[{ "subnet": "10.88.0.0/16" }], [{ "subnet": "10.89.0.0/16" }]] } }""", 7, "ipam.ranges")]
    [InlineData("""{ "ipam": { "subnet": "10.88.0.0/16", "routes": [{ "dst": "x" }] } }""", 7, "ipam.routes")]
    [InlineData("""{ "isGateway": false, "ipam": { "subnet": "fd00::/64" } }""", 7, "isGateway")]
    [InlineData("""{ "runtimeConfig": { "ips": ["x"] } }""", 7, "ips")]
    [InlineData("""{ "runtimeConfig": { "ips": ["10.88.0.5", "10.88.0.6"] } }""", 7, "ips")]
    [InlineData("""{ "runtimeConfig": { "mac": "x" } }""", 7, "mac")]
    [InlineData("""{ "runtimeConfig": { "mac": "01:00:00:00:00:01" } }""", 7, "mac")]
    [InlineData("""{ "runtimeConfig": { "aliases": 7 } }""", 6, "aliases")]
    [InlineData("""{ "runtimeConfig": { "portMappings": [{ "hostPort": 0, "containerPort": 80 }] } }""", 7, "hostPort")]
    [InlineData("""{ "runtimeConfig": { "portMappings": [{ "hostPort": 80, "containerPort": 70000 }] } }""", 7, "containerPort")]
    [InlineData("""{ "runtimeConfig": { "portMappings": [{ "hostPort": 80, "containerPort": 80, "protocol": "icmp" }] } }""", 7, "protocol")]
    [InlineData("""{ "runtimeConfig": { "portMappings": [{ "hostPort": 80, "containerPort": 80, "hostIP": "::1" }] } }""", 7, "hostIP")]
    [InlineData("""{ "ipam": { "subnet": "10.88.0.0/16" }, "runtimeConfig": { "portMappings": [{ "hostPort": 80, "containerPort": 80 }] } }""", 7, "default route")]
    public async Task A_configuration_that_is_not_valid_or_not_supported_says_which_field(string changes, int expected, string named)
    {
        (int code, string message) = await RefusedAsync(Changed(changes));

        Assert.Equal(expected, code);
        Assert.Contains(named, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{ "cniVersion": "1.1.0", "name": "web", "mtu": "large" }""")]
    [InlineData("""{ "cniVersion": "1.1.0", "name": "web", "ipam": 7 }""")]
    public async Task What_is_no_such_JSON_is_error_6(string configuration)
        => Assert.Equal(6, (await RefusedAsync(configuration)).Code);

    [Theory]
    [InlineData("CHECK", "0.3.1", 1)]
    [InlineData("CHECK", "0.4.0", 7)]   // without a result of ADD
    [InlineData("GC", "1.0.0", 1)]
    [InlineData("STATUS", "1.0.0", 1)]
    public async Task A_verb_that_is_not_in_the_version_is_error_1(string command, string version, int expected)
        => Assert.Equal(expected, (await RefusedAsync(Changed($$"""{ "cniVersion": "{{version}}" }"""), ("CNI_COMMAND", command))).Code);

    [Fact]
    public async Task What_is_too_long_is_error_5()
        => Assert.Equal(5, (await RefusedAsync(new string(' ', (4 << 20) + 1))).Code);

    [Theory, Trait("Feature", "CI-09")]
    [InlineData("", "1.1.0")]
    [InlineData("""{ "cniVersion": "0.4.0" }""", "0.4.0")]
    public async Task VERSION_says_what_is_spoken(string input, string version)
    {
        (int exitCode, JsonElement answer) = await CallAsync(input, ("CNI_COMMAND", "VERSION"));

        Assert.Equal((0, version), (exitCode, answer.GetProperty("cniVersion").GetString()));
        Assert.Equal(["0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"], answer.GetProperty("supportedVersions").EnumerateArray().Select(static text => text.GetString()!));
    }

    private static string Changed(string changes)
    {
        JsonObject configuration = JsonNode.Parse(Good)!.AsObject();   // it is an object
        foreach ((string field, JsonNode? value) in JsonNode.Parse(changes)!.AsObject())
        {
            configuration[field] = value?.DeepClone();
        }

        return configuration.ToJsonString();
    }

    private static async Task<(int Code, string Message)> RefusedAsync(string configuration, params (string Name, string? Value)[] variables)
    {
        (int exitCode, JsonElement answer) = await CallAsync(configuration, variables);
        Assert.Equal(1, exitCode);
        return (answer.GetProperty("code").GetInt32(), answer.GetProperty("msg").GetString()!);   // an error has one
    }

    private static async Task<(int ExitCode, JsonElement Answer)> CallAsync(string configuration, params (string Name, string? Value)[] variables)
    {
        Dictionary<string, string?> environment = new(Variables);
        foreach ((string name, string? value) in variables)
        {
            environment[name] = value;
        }

        using MemoryStream input = new(Encoding.UTF8.GetBytes(configuration)), output = new();
        int exitCode = await CniPlugin.RunAsync(environment.GetValueOrDefault, input, output, TestContext.Current.CancellationToken);
        return (exitCode, JsonDocument.Parse(output.ToArray()).RootElement);
    }
}
