namespace LibNetwork.Controller;

/// <summary>Reads an endpoint's kernel parameters out of its options.</summary>
internal static class EndpointSysctls
{
    private const string Placeholder = "IFNAME";
    private const int Parts = 5;

    private static readonly string[] Families = ["ipv4", "ipv6", "mpls"];
    private static readonly string[] Trees = ["conf", "neigh"];

    /// <summary>
    /// Turns <c>net.ipv4.conf.IFNAME.forwarding=1,...</c> into paths and values. Only parameters of the endpoint's own interface can be
    /// set: five parts, with the placeholder as the fourth.
    /// </summary>
    public static IReadOnlyList<(string Key, string Value)> Parse(string subject, IReadOnlyDictionary<string, string> options, string interfaceName)
    {
        if (!options.TryGetValue(NetworkLabels.Sysctls, out string? text) || text.Length == 0)
        {
            return [];
        }

        List<(string Key, string Value)> sysctls = [];
        foreach (string entry in text.Split(','))
        {
            string[] pair = entry.Split('=', 2);
            string[] parts = pair[0].Split('.');
            if (pair.Length != 2 || parts.Length != Parts || parts[0] != "net" || !Families.Contains(parts[1]) || !Trees.Contains(parts[2])
                || parts[3] != Placeholder || parts[4].Length == 0 || !parts[4].All(IsKeyCharacter) || pair[1].Any(char.IsControl))
            {
                throw NetworkException.InvalidArgument(
                    subject, NetworkLabels.Sysctls, $"\"{entry}\" is not of the form net.FAMILY.conf.{Placeholder}.KEY=VALUE");
            }

            sysctls.Add(($"net/{parts[1]}/{parts[2]}/{interfaceName}/{parts[4]}", pair[1]));
        }

        return sysctls;
    }

    private static bool IsKeyCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
