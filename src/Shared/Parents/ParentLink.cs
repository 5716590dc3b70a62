using LibNetwork.Linux;
using LibNetwork.Linux.Rtnetlink;

namespace LibNetwork.Drivers.Parents;

/// <summary>The host's interface below networks: found, or made for them and then removed with the last.</summary>
internal static class ParentLink
{
    /// <summary>Whether a link was made here for a driver's networks.</summary>
    public static bool IsOurs(LinkInfo link, string driver) => link.Alias == MarkOf(driver);

    /// <summary>Finds the parent, or makes it.</summary>
    /// <returns>Its index.</returns>
    /// <exception cref="NetworkException">The name is not one that can be made, or what it is made of is not there.</exception>
    public static int FindOrMake(KernelSession session, ParentNetwork network)
    {
        string name = network.Parent.Value;
        if (session.Route.FindLink(name) is { } present)
        {
            return present.Index;
        }

        if (network.Options.Parent is null)
        {
            session.Route.Batch.CreateDummy(new DummyLinkSpec { Name = name, Group = LinkReaper.UnfinishedGroup });
        }
        else
        {
            ParentName parts = ParentName.Parse(network.Subject, network.Parent);
            LinkInfo wire = session.Route.FindLink(parts.Base)
                ?? throw NetworkException.InvalidArgument(network.Subject, ParentOptions.ParentLabel, $"there is no interface \"{parts.Base}\" to put VLAN {parts.Vlan} on");
            session.Route.Batch.CreateVlan(new VlanLinkSpec { Name = name, Parent = wire.Index, Id = parts.Vlan, Group = LinkReaper.UnfinishedGroup });
        }

        try
        {
            session.Route.Execute();
            session.Route.Batch.ChangeLink(name, new LinkChange { Alias = MarkOf(network.Driver), Group = 0, Up = true });
            return session.Route.ExecuteAndFindLink(name)?.Index ?? throw new KernelException("find link", name, LinuxErrno.ENODEV);
        }
        catch (KernelException exception) when (exception.Errno != LinuxErrno.EEXIST)
        {
            Remove(session, network.Driver, name);
            throw;
        }
    }

    /// <summary>Removes a parent that was made here; another one stays.</summary>
    public static bool Remove(KernelSession session, string driver, string name)
    {
        if (session.Route.FindLink(name) is not { } link || !(IsOurs(link, driver) || link.Group == LinkReaper.UnfinishedGroup))
        {
            return false;
        }

        session.Route.Batch.DeleteLink(link.Index);
        session.Route.ExecuteUnlessGone();
        return true;
    }

    private static string MarkOf(string driver) => $"libnetwork:{driver}-parent";
}
