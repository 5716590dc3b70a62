namespace LibNetwork.Testing.Kernel;

/// <summary>What a namespace holds, as lines of text.</summary>
internal static class NamespaceText
{
    public static IEnumerable<string> Of(FakeNamespace inside)
    {
        foreach (FakeLink link in inside.Links)
        {
            yield return $"link {link.Name} {link.Kind} {(link.Up ? "up" : "down")} {Convert.ToHexString(link.Address)} mtu {link.Mtu} group {link.Group}"
                + $" in {link.Master?.Name ?? "nothing"} over {link.Lower?.Name ?? "nothing"}, \"{link.Alias}\"";
            foreach ((string parameter, string value) in link.Parameters)
            {
                yield return $"parameter {parameter} of {link.Name} = {value}";
            }
        }

        foreach ((string key, string value) in inside.Sysctls.Changed)
        {
            yield return $"parameter {key} = {value}";
        }

        foreach (FakeAddress address in inside.Addresses)
        {
            yield return $"address {address.Address}/{address.PrefixLength} on {address.Link.Name}";
        }

        foreach (FakeRoute route in inside.Routes)
        {
            yield return $"route {route.Destination} by {route.Gateway?.ToString() ?? "itself"} on {route.Output?.Name} in table {route.Table}, metric {route.Metric}";
        }

        foreach (FakeTable table in inside.Ruleset.Tables)
        {
            foreach (string line in Of(table))
            {
                yield return line;
            }
        }
    }

    private static IEnumerable<string> Of(FakeTable table)
    {
        string name = $"table {table.Name} of family {table.Family}";
        yield return name;
        foreach (FakeChain chain in table.Chains)
        {
            yield return $"{name}: chain {chain.Name}";
            foreach ((_, IReadOnlyList<(ushort Type, byte[] Value)> attributes) in chain.Rules)
            {
                yield return $"{name}: rule of {chain.Name} {string.Concat(attributes.Select(static attribute => Convert.ToHexString(attribute.Value)))}";
            }
        }

        foreach (FakeSet set in table.Sets)
        {
            yield return $"{name}: set {set.Name}";
            foreach (FakeElement element in set.Elements)
            {
                yield return $"{name}: element of {set.Name} {element.Key} {element.Data}";
            }
        }
    }
}
