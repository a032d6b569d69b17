<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>byway</name>
    <message>
        <source>&quot;MATCH,DIRECT&quot; or another target as the last rule</source>
        <translation>最后一条规则写 &quot;MATCH,DIRECT&quot; 或其他目标</translation>
    </message>
    <message>
        <source>&quot;everything&quot; and &quot;profile&quot; must be texts</source>
        <translation>&quot;everything&quot; 和 &quot;profile&quot; 必须是文本</translation>
    </message>
    <message>
        <source>&quot;params&quot; must be an object</source>
        <translation>&quot;params&quot; 必须是对象</translation>
    </message>
    <message>
        <source>&quot;{name}&quot; must be {expected}</source>
        <translation>&quot;{name}&quot; 必须是 {expected}</translation>
    </message>
    <message>
        <source>&quot;{sign}&quot; is missing</source>
        <translation>缺少 &quot;{sign}&quot;</translation>
    </message>
    <message>
        <source>&quot;{system}&quot;, addresses as in &quot;192.0.2.1&quot;, &quot;127.0.0.1:5353&quot;, &quot;[::1]:53&quot;, or URLs as in &quot;tls://dns.example&quot;, &quot;https://dns.example/dns-query&quot;, &quot;tcp://192.0.2.1&quot;</source>
        <translation>&quot;{system}&quot;，地址，例如 &quot;192.0.2.1&quot;、&quot;127.0.0.1:5353&quot;、&quot;[::1]:53&quot;，或 URL，例如 &quot;tls://dns.example&quot;、&quot;https://dns.example/dns-query&quot;、&quot;tcp://192.0.2.1&quot;</translation>
    </message>
    <message>
        <source># Behind Byway&apos;s, until the program that has made them makes them again:</source>
        <translation># 移到 Byway 的规则之后，直到创建它们的程序再次创建：</translation>
    </message>
    <message>
        <source># Debian, Ubuntu; then start it, or the machine again:</source>
        <translation># Debian、Ubuntu；然后启动它，或重启本机：</translation>
    </message>
    <message>
        <source># Debian, Ubuntu; with dnf and pacman it is called polkit:</source>
        <translation># Debian、Ubuntu；用 dnf 和 pacman 时名为 polkit：</translation>
    </message>
    <message>
        <source># Docker and Kubernetes use this between containers of one network:</source>
        <translation># Docker 和 Kubernetes 在同一网络的容器之间使用它：</translation>
    </message>
    <message>
        <source># Give that program marks without the bits {mask}</source>
        <translation># 让该程序使用不含 {mask} 这些位的标记</translation>
    </message>
    <message>
        <source># Give them a preference behind Byway&apos;s, where they were made, or make them before</source>
        <translation># 在创建它们的地方把优先级改到 Byway 之后，或者在运行</translation>
    </message>
    <message>
        <source># IPv4, and nothing but what Byway has taken:</source>
        <translation># IPv4，并且只放行 Byway 接管的流量：</translation>
    </message>
    <message>
        <source># IPv6 stays refused, and programs use IPv4 then. Only if the LAN may reach every</source>
        <translation># IPv6 仍被拒绝，程序会改用 IPv4。只有当允许局域网访问</translation>
    </message>
    <message>
        <source># Once; whether it is done already, only root could see:</source>
        <translation># 只需一次；是否已经做过，只有 root 能看到：</translation>
    </message>
    <message>
        <source># See whose they are, and give that program another table:</source>
        <translation># 查看它们属于谁，并让该程序换用另一张表：</translation>
    </message>
    <message>
        <source># Tell it to use the others ({rest}), if that is not done yet:</source>
        <translation># 如果还没有设置，让它使用其余的位（{rest}）：</translation>
    </message>
    <message>
        <source># The VPN&apos;s rules go before whatever is there, so it must come first (with wg-quick;</source>
        <translation># VPN 的规则总会排到已有规则之前，所以必须先启动它（用 wg-quick；</translation>
    </message>
    <message>
        <source># Xray, V2Ray, in &quot;streamSettings&quot;:    &quot;sockopt&quot;: {&quot;mark&quot;: 6666}</source>
        <translation># Xray、V2Ray，在 &quot;streamSettings&quot; 中：    &quot;sockopt&quot;: {&quot;mark&quot;: 6666}</translation>
    </message>
    <message>
        <source># `byway up` without one: ip rule add … preference {preference}</source>
        <translation># `byway up` 之前不带优先级地创建：ip rule add … preference {preference}</translation>
    </message>
    <message>
        <source># in a second terminal, with what `echo $$` says in this one:</source>
        <translation># 在另一个终端中运行，PID 为本终端中 `echo $$` 的输出：</translation>
    </message>
    <message>
        <source># log in, in the browser: http://nmcheck.gnome.org/ brings the page</source>
        <translation># 在浏览器中登录：打开 http://nmcheck.gnome.org/ 会出现登录页面</translation>
    </message>
    <message>
        <source># mihomo, Clash, in its config.yaml:   routing-mark: 6666</source>
        <translation># mihomo、Clash，在 config.yaml 中：   routing-mark: 6666</translation>
    </message>
    <message>
        <source># other programs: disconnect and connect):</source>
        <translation># 其他程序：先断开再连接）：</translation>
    </message>
    <message>
        <source># others: in your profile, as first rule for each of its servers: IP-CIDR,ADDRESS/32,DIRECT</source>
        <translation># 其他程序：在配置文件最前面为它的每台服务器加一条规则：IP-CIDR,ADDRESS/32,DIRECT</translation>
    </message>
    <message>
        <source># service of this machine as well, instead of all this and for both:</source>
        <translation># 本机的所有服务时，才用下面的命令代替以上全部，对两者都有效：</translation>
    </message>
    <message>
        <source># sing-box, in its &quot;route&quot;:            &quot;default_mark&quot;: 6666</source>
        <translation># sing-box，在 &quot;route&quot; 中：            &quot;default_mark&quot;: 6666</translation>
    </message>
    <message>
        <source>&amp;Addresses</source>
        <translation>地址(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Addresses:</source>
        <translation>地址(&amp;A)：</translation>
    </message>
    <message>
        <source>&amp;Add…</source>
        <translation>添加(&amp;A)…</translation>
    </message>
    <message>
        <source>&amp;All ({n})</source>
        <translation>全部 {n}(&amp;A)</translation>
    </message>
    <message>
        <source>&amp;Back</source>
        <translation>上一步(&amp;B)</translation>
    </message>
    <message>
        <source>&amp;Check again</source>
        <translation>重新检查(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Chooses:</source>
        <translation>选择方式(&amp;C)：</translation>
    </message>
    <message>
        <source>&amp;Close connection</source>
        <translation>关闭连接(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Close {n} connections</source>
        <translation>关闭 {n} 个连接(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Command line:</source>
        <translation>命令行(&amp;C)：</translation>
    </message>
    <message>
        <source>&amp;Copy</source>
        <translation>复制(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Copy as text</source>
        <translation>复制为文本(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Copy proxy variables</source>
        <translation>复制代理环境变量(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Copy selected</source>
        <translation>复制所选(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Delete</source>
        <translation>删除(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Details</source>
        <translation>详情(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Do not keep it</source>
        <translation>不保存(&amp;D)</translation>
    </message>
    <message>
        <source>&amp;Edit…</source>
        <translation>编辑(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Ended ({n})</source>
        <translation>已结束 {n}(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Everything that no rule above takes</source>
        <translation>以上规则都未匹配的所有流量(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Find</source>
        <translation>查找(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Finish</source>
        <translation>完成(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;First steps…</source>
        <translation>快速入门(&amp;F)…</translation>
    </message>
    <message>
        <source>&amp;Goes to</source>
        <translation>去向(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;Groups</source>
        <translation>分组(&amp;G)</translation>
    </message>
    <message>
        <source>&amp;I have one</source>
        <translation>我有一个上游(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Kill switch</source>
        <translation>终止开关（断网保护）(&amp;K)</translation>
    </message>
    <message>
        <source>&amp;Leak test…</source>
        <translation>泄漏测试(&amp;L)…</translation>
    </message>
    <message>
        <source>&amp;Look names up to compare their addresses</source>
        <translation>解析域名后再比较地址(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Make a rule from this</source>
        <translation>据此新建规则(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Make a rule from this…</source>
        <translation>据此新建规则(&amp;M)…</translation>
    </message>
    <message>
        <source>&amp;Members:</source>
        <translation>成员(&amp;M)：</translation>
    </message>
    <message>
        <source>&amp;Mode</source>
        <translation>模式(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Move to the keyring</source>
        <translation>移入密钥环(&amp;M)</translation>
    </message>
    <message>
        <source>&amp;Name:</source>
        <translation>名称(&amp;N)：</translation>
    </message>
    <message>
        <source>&amp;New, as a copy of this…</source>
        <translation>新建（复制当前配置文件）(&amp;N)…</translation>
    </message>
    <message>
        <source>&amp;Note</source>
        <translation>备注(&amp;N)</translation>
    </message>
    <message>
        <source>&amp;Pause for 10 minutes</source>
        <translation>暂停 10 分钟(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Port:</source>
        <translation>端口(&amp;P)：</translation>
    </message>
    <message>
        <source>&amp;Ports</source>
        <translation>端口(&amp;P)</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Quit (ends {n} program)</source>
        <translation>退出（将结束 {n} 个程序）(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Quit (ends {n} programs)</source>
        <translation>退出（将结束 {n} 个程序）(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>移除(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Reset columns</source>
        <translation>重置列(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Run</source>
        <translation>运行(&amp;R)</translation>
    </message>
    <message>
        <source>&amp;Run a program…</source>
        <translation>运行程序(&amp;R)…</translation>
    </message>
    <message>
        <source>&amp;Save</source>
        <translation>保存(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Sort by</source>
        <translation>排序依据(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;Test</source>
        <translation>测试(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Test by connecting to:</source>
        <translation>测试时连接到(&amp;T)：</translation>
    </message>
    <message>
        <source>&amp;Try the keyring again</source>
        <translation>重试密钥环(&amp;T)</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>撤销(&amp;U)</translation>
    </message>
    <message>
        <source>&amp;Use this: {rule}</source>
        <translation>改用(&amp;U)：{rule}</translation>
    </message>
    <message>
        <source>&amp;User name:</source>
        <translation>用户名(&amp;U)：</translation>
    </message>
    <message>
        <source>&amp;Where would</source>
        <translation>测试目标(&amp;W)</translation>
    </message>
    <message>
        <source>&amp;Why?</source>
        <translation>为什么(&amp;W)？</translation>
    </message>
    <message>
        <source>&amp;go, port</source>
        <translation>端口(&amp;G)</translation>
    </message>
    <message>
        <source>, and of the clients on {interfaces}</source>
        <translation>，以及 {interfaces} 上的客户端</translation>
    </message>
    <message>
        <source>1 minute ago</source>
        <translation>1 分钟前</translation>
    </message>
    <message>
        <source>2 minutes ago</source>
        <translation>2 分钟前</translation>
    </message>
    <message>
        <source>; expected {what}</source>
        <translation>；应为 {what}</translation>
    </message>
    <message>
        <source>A Flatpak may not install it. This does, in a terminal, and says each file that it copies:</source>
        <translation>Flatpak 无权安装它。在终端中运行下面的命令即可安装，并会列出复制的每个文件：</translation>
    </message>
    <message>
        <source>A Flatpak sees no applications: a rule for one matches nothing</source>
        <translation>Flatpak 看不到应用程序：按应用程序的规则不会匹配</translation>
    </message>
    <message>
        <source>A click on its icon brings the window back.</source>
        <translation>点击托盘图标可重新打开窗口。</translation>
    </message>
    <message>
        <source>A name is needed, without “/” and without a dot at its beginning.</source>
        <translation>请填写名称，不能含“/”，也不能以点开头。</translation>
    </message>
    <message>
        <source>A name or an address with a port, as in example.com:443.</source>
        <translation>域名或地址加端口，例如 example.com:443。</translation>
    </message>
    <message>
        <source>A name that your rules proxy gets an address of Byway&apos;s own, so that no DNS server is asked for it. Programs that must know real addresses may not like it.</source>
        <translation>规则要代理的域名会得到 Byway 自己的地址，因此不会为它查询任何 DNS 服务器。必须知道真实地址的程序可能无法正常工作。</translation>
    </message>
    <message>
        <source>A new file in the folder “passwords” beside the profile.</source>
        <translation>保存到配置文件旁“passwords”文件夹中的新文件。</translation>
    </message>
    <message>
        <source>A quotation mark is missing.</source>
        <translation>缺少一个引号。</translation>
    </message>
    <message>
        <source>A web proxy that opens connections of any kind (CONNECT); may ask for a user name and password.</source>
        <translation>可建立任意连接 (CONNECT) 的网页代理；可能需要用户名和密码。</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Add a &amp;group…</source>
        <translation>添加分组(&amp;G)…</translation>
    </message>
    <message>
        <source>Add a group</source>
        <translation>添加分组</translation>
    </message>
    <message>
        <source>Add a name</source>
        <translation>添加域名</translation>
    </message>
    <message>
        <source>Add a resolver</source>
        <translation>添加解析器</translation>
    </message>
    <message>
        <source>Add a rule</source>
        <translation>添加规则</translation>
    </message>
    <message>
        <source>Add an upstream</source>
        <translation>添加上游</translation>
    </message>
    <message>
        <source>Add an upstream…</source>
        <translation>添加上游…</translation>
    </message>
    <message>
        <source>Add another &amp;host</source>
        <translation>再添加一个主机(&amp;H)</translation>
    </message>
    <message>
        <source>Added {name}.</source>
        <translation>已添加 {name}。</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Address already in use</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>地址已被占用</translation>
    </message>
    <message>
        <source>Address family not supported by protocol</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>协议不支持该地址族</translation>
    </message>
    <message>
        <source>Addresses</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>All live connections that the filter has left</source>
        <translation>筛选后剩下的所有活动连接</translation>
    </message>
    <message>
        <source>All live connections; their programs may make new ones</source>
        <translation>所有活动连接；程序可能会重新建立连接</translation>
    </message>
    <message>
        <source>All members at a time: each destination has its own, and keeps it while that works.</source>
        <translation>同时使用所有成员：每个目标对应一个成员，只要该成员可用就一直用它。</translation>
    </message>
    <message>
        <source>All programs</source>
        <translation>所有程序</translation>
    </message>
    <message>
        <source>All that is known of the chosen connection</source>
        <translation>所选连接的全部信息</translation>
    </message>
    <message>
        <source>All traffic goes its usual way meanwhile.</source>
        <translation>在此期间，所有流量照常通行。</translation>
    </message>
    <message>
        <source>All traffic goes its usual way.</source>
        <translation>所有流量照常通行。</translation>
    </message>
    <message>
        <source>Also on this machine</source>
        <translation>本机上的其他网络组件</translation>
    </message>
    <message>
        <source>Alt+Left, Alt+Right: move a column</source>
        <translation>Alt+←、Alt+→：移动列</translation>
    </message>
    <message>
        <source>An administrator can allow it.</source>
        <translation>管理员可以授权。</translation>
    </message>
    <message>
        <source>An exit node is set: what your rules send directly leaves by it. {more}</source>
        <translation>已设置出口节点：规则直连的流量从它出去。{more}</translation>
    </message>
    <message>
        <source>An older proxy that passes names on and asks for no password.</source>
        <translation>较旧的代理，会转交域名，不需要密码。</translation>
    </message>
    <message>
        <source>An upstream</source>
        <translation>上游</translation>
    </message>
    <message>
        <source>An upstream is a proxy that rules can send connections through: a company&apos;s, one that you rent, or a program on this computer, such as an SSH or Tor client.</source>
        <translation>上游是规则可让连接经由的代理：公司的、租用的，或本机程序提供的，例如 SSH 或 Tor 客户端。</translation>
    </message>
    <message>
        <source>Another Byway has the traffic already.</source>
        <translation>另一个 Byway 已接管流量。</translation>
    </message>
    <message>
        <source>Another DNS server</source>
        <translation>另一台 DNS 服务器</translation>
    </message>
    <message>
        <source>Another name with its real address</source>
        <translation>另一个使用真实地址的域名</translation>
    </message>
    <message>
        <source>Another program marks packets in the bits that Byway uses ({mask}): what it marks is no program&apos;s for Byway, and is left alone or taken for Byway&apos;s own.</source>
        <translation>另一个程序在 Byway 使用的位（{mask}）上标记数据包：Byway 认不出这些数据包属于哪个程序，会放过它们，或当成自己的。</translation>
    </message>
    <message>
        <source>Another program uses Byway&apos;s routing table: what it puts there takes Byway&apos;s traffic, and `byway up` removes routes from that table.</source>
        <translation>另一个程序使用了 Byway 的路由表：它写入的路由会抢走 Byway 的流量，而 `byway up` 会删除该表中的路由。</translation>
    </message>
    <message>
        <source>Any</source>
        <translation>任意</translation>
    </message>
    <message>
        <source>Applica&amp;tions</source>
        <translation>应用程序(&amp;T)</translation>
    </message>
    <message>
        <source>Applications</source>
        <translation>应用程序</translation>
    </message>
    <message>
        <source>Are as&amp;ked of:</source>
        <translation>查询(&amp;K)：</translation>
    </message>
    <message>
        <source>Argument list too long</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>参数列表过长</translation>
    </message>
    <message>
        <source>As &amp;text…</source>
        <translation>文本编辑(&amp;T)…</translation>
    </message>
    <message>
        <source>As te&amp;xt</source>
        <translation>文本形式(&amp;X)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>As&amp;ked:</source>
        <translation>查询方式(&amp;K)：</translation>
    </message>
    <message>
        <source>Asked</source>
        <translation>查询</translation>
    </message>
    <message>
        <source>Asking for permission to take this computer&apos;s traffic.</source>
        <translation>正在请求接管本机流量的权限。</translation>
    </message>
    <message>
        <source>At most {n} ports.</source>
        <translation>最多 {n} 个端口。</translation>
    </message>
    <message>
        <source>Bad file descriptor</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>文件描述符无效</translation>
    </message>
    <message>
        <source>Both take everything: its own connections come to Byway, whose direct ones go to it again, in a circle. Switch its TUN or redirecting off and use it as an upstream, or let Byway see which connections are its own.</source>
        <translation>两者都接管全部流量：它自己的连接会进入 Byway，而 Byway 的直连又会进入它，形成循环。请关闭它的 TUN 或重定向并把它用作上游，或者让 Byway 认得哪些连接是它自己的。</translation>
    </message>
    <message>
        <source>Broken pipe</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>管道已断开</translation>
    </message>
    <message>
        <source>By default it marks packets in the bits that Byway uses ({mask}), and each may take the other&apos;s packets for its own.</source>
        <translation>默认情况下它在 Byway 使用的位（{mask}）上标记数据包，两者可能把对方的数据包当成自己的。</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按域名</translation>
    </message>
    <message>
        <source>By the &amp;rules</source>
        <translation>按规则(&amp;R)</translation>
    </message>
    <message>
        <source>By the rules</source>
        <translation>按规则</translation>
    </message>
    <message>
        <source>Byway</source>
        <translation>Byway</translation>
    </message>
    <message>
        <source>Byway cannot take IPv6: it goes its way past your rules.</source>
        <translation>Byway 无法接管 IPv6：它会绕过规则。</translation>
    </message>
    <message>
        <source>Byway goes on in the tray</source>
        <translation>Byway 在托盘中继续运行</translation>
    </message>
    <message>
        <source>Byway has every program&apos;s traffic, and its rules refuse this test&apos;s connections to {server}.</source>
        <translation>Byway 已接管所有程序的流量，其规则拒绝了本次测试到 {server} 的连接。</translation>
    </message>
    <message>
        <source>Byway has every program&apos;s traffic, and sent this test&apos;s connections to {server} through {upstream}.</source>
        <translation>Byway 已接管所有程序的流量，本次测试到 {server} 的连接经由 {upstream}。</translation>
    </message>
    <message>
        <source>Byway has no file descriptor left</source>
        <translation>Byway 没有可用的文件描述符了</translation>
    </message>
    <message>
        <source>Byway is off: nothing is counted.</source>
        <translation>Byway 已关闭，不进行统计。</translation>
    </message>
    <message>
        <source>Byway is on.</source>
        <translation>Byway 已开启。</translation>
    </message>
    <message>
        <source>Byway speaks it from its next start on.</source>
        <translation>下次启动 Byway 后生效。</translation>
    </message>
    <message>
        <source>Byway starts at log-in, in the tray.</source>
        <translation>Byway 在登录时启动，显示在托盘中。</translation>
    </message>
    <message>
        <source>Byway takes connections where they begin and sends each where your rules say: directly, nowhere, or through a proxy. No program needs a proxy setting for that.</source>
        <translation>Byway 从源头接管连接，并按您的规则决定每个连接的去向：直连、拒绝或经由代理。程序无需设置代理。</translation>
    </message>
    <message>
        <source>Byway takes programs&apos; connections first; what it sends directly or to an upstream then goes through that interface.</source>
        <translation>Byway 先接管程序的连接；它直连或发往上游的流量再经过该接口。</translation>
    </message>
    <message>
        <source>Byway was stopped</source>
        <translation>Byway 已停止</translation>
    </message>
    <message>
        <source>Byway&apos;s answer to the program&apos;s DNS question</source>
        <translation>Byway 对程序 DNS 查询的应答</translation>
    </message>
    <message>
        <source>Byway&apos;s local port is closed meanwhile.</source>
        <translation>在此期间，Byway 的本地端口已关闭。</translation>
    </message>
    <message>
        <source>Byway: on, everything directly</source>
        <translation>Byway：已开启，全部直连</translation>
    </message>
    <message>
        <source>Byway: on, everything through {upstream}</source>
        <translation>Byway：已开启，全部经由 {upstream}</translation>
    </message>
    <message>
        <source>Byway: on, for every program</source>
        <translation>Byway：已开启，接管所有程序</translation>
    </message>
    <message>
        <source>Byway: on, port {port}</source>
        <translation>Byway：已开启，端口 {port}</translation>
    </message>
    <message>
        <source>Byway: {state}</source>
        <translation>Byway：{state}</translation>
    </message>
    <message>
        <source>C&amp;hoose where it goes…</source>
        <translation>选择去向(&amp;H)…</translation>
    </message>
    <message>
        <source>C&amp;lear</source>
        <translation>清空(&amp;L)</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Cannot allocate memory</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>Cannot assign requested address</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>无法使用该地址</translation>
    </message>
    <message>
        <source>Change &amp;only if faster by:</source>
        <translation>至少快这么多才更换(&amp;O)：</translation>
    </message>
    <message>
        <source>Changed the DNS servers.</source>
        <translation>已更改 DNS 服务器。</translation>
    </message>
    <message>
        <source>Changed the names with real addresses.</source>
        <translation>已更改使用真实地址的域名。</translation>
    </message>
    <message>
        <source>Changed {name}.</source>
        <translation>已更改 {name}。</translation>
    </message>
    <message>
        <source>Checked at {time}</source>
        <translation>检查时间：{time}</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>Choose a connection to see all that is known of it.</source>
        <translation>选择一个连接以查看其全部信息。</translation>
    </message>
    <message>
        <source>Chooses</source>
        <translation>选择方式</translation>
    </message>
    <message>
        <source>Clear t&amp;he filter</source>
        <translation>清除筛选(&amp;H)</translation>
    </message>
    <message>
        <source>Clients of the LAN</source>
        <translation>局域网客户端</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close a&amp;ll</source>
        <translation>全部关闭(&amp;L)</translation>
    </message>
    <message>
        <source>Close a&amp;ll listed</source>
        <translation>关闭列出的全部(&amp;L)</translation>
    </message>
    <message>
        <source>Closing the window keeps Byway in the &amp;tray</source>
        <translation>关闭窗口后保留在托盘中(&amp;T)</translation>
    </message>
    <message>
        <source>Closing {n} connection.</source>
        <translation>正在关闭 {n} 个连接。</translation>
    </message>
    <message>
        <source>Closing {n} connections.</source>
        <translation>正在关闭 {n} 个连接。</translation>
    </message>
    <message>
        <source>Co&amp;lours:</source>
        <translation>配色(&amp;L)：</translation>
    </message>
    <message>
        <source>Co&amp;py row</source>
        <translation>复制此行(&amp;P)</translation>
    </message>
    <message>
        <source>Co&amp;py rows</source>
        <translation>复制所选行(&amp;P)</translation>
    </message>
    <message>
        <source>Colum&amp;ns</source>
        <translation>列(&amp;N)</translation>
    </message>
    <message>
        <source>Commands for a terminal</source>
        <translation>终端命令</translation>
    </message>
    <message>
        <source>Conflict</source>
        <translation>冲突</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Connection refused</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>连接被拒绝</translation>
    </message>
    <message>
        <source>Connection reset by peer</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>连接被对方重置</translation>
    </message>
    <message>
        <source>Connection timed out</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>连接超时</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Connections and bytes by target</source>
        <translation>按去向统计的连接数和流量</translation>
    </message>
    <message>
        <source>Connections of every program and of the LAN&apos;s clients go by the rules ({families})</source>
        <translation>所有程序和局域网客户端的连接均按规则处理 ({families})</translation>
    </message>
    <message>
        <source>Connections of every program go by the rules ({families})</source>
        <translation>所有程序的连接均按规则处理 ({families})</translation>
    </message>
    <message>
        <source>Connections that the rules send directly by their address alone are shown and counted; otherwise the kernel serves them by itself, faster.</source>
        <translation>仅凭地址即判定为直连的连接也会显示并计入统计；否则由内核直接处理，速度更快。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Copied {n} line.</source>
        <translation>已复制 {n} 行。</translation>
    </message>
    <message>
        <source>Copied {n} lines.</source>
        <translation>已复制 {n} 行。</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>已复制。</translation>
    </message>
    <message>
        <source>Copied. Paste into a terminal: programs started there use the local port.</source>
        <translation>已复制。粘贴到终端后，在其中启动的程序将使用本地端口。</translation>
    </message>
    <message>
        <source>Copy &amp;all</source>
        <translation>复制全部(&amp;A)</translation>
    </message>
    <message>
        <source>Copy &amp;host</source>
        <translation>复制主机(&amp;H)</translation>
    </message>
    <message>
        <source>Copy command</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>Copy commands</source>
        <translation>复制命令</translation>
    </message>
    <message>
        <source>Could not be turned on</source>
        <translation>无法开启</translation>
    </message>
    <message>
        <source>Create a &amp;starter profile</source>
        <translation>创建入门配置文件(&amp;S)</translation>
    </message>
    <message>
        <source>Cu&amp;t</source>
        <translation>剪切(&amp;T)</translation>
    </message>
    <message>
        <source>D&amp;uplicate</source>
        <translation>创建副本(&amp;U)</translation>
    </message>
    <message>
        <source>DIRECT, REJECT or an upstream&apos;s name</source>
        <translation>DIRECT、REJECT 或上游的名称</translation>
    </message>
    <message>
        <source>DNS</source>
        <translation>DNS</translation>
    </message>
    <message>
        <source>DNS servers</source>
        <translation>DNS 服务器</translation>
    </message>
    <message>
        <source>DOMAIN is {name} alone; DOMAIN-SUFFIX,{name} would take {host} too</source>
        <translation>DOMAIN 只匹配 {name} 本身；DOMAIN-SUFFIX,{name} 也会匹配 {host}</translation>
    </message>
    <message>
        <source>DOMAIN, DOMAIN-SUFFIX, DOMAIN-KEYWORD, DOMAIN-WILDCARD or DOMAIN-REGEX</source>
        <translation>DOMAIN、DOMAIN-SUFFIX、DOMAIN-KEYWORD、DOMAIN-WILDCARD 或 DOMAIN-REGEX</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Debug</source>
        <translation>调试</translation>
    </message>
    <message>
        <source>Destination</source>
        <translation>目标</translation>
    </message>
    <message>
        <source>Details of the connection</source>
        <translation>连接详情</translation>
    </message>
    <message>
        <source>Device or resource busy</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>设备或资源忙</translation>
    </message>
    <message>
        <source>Devices and virtual machines whose traffic comes in by a chosen interface go by the rules too. Choose those with clients behind them, not the one that leads to the Internet.</source>
        <translation>从所选网络接口进入的设备和虚拟机流量同样按规则处理。请选择连接着客户端的接口，不要选择通往互联网的接口。</translation>
    </message>
    <message>
        <source>Directly</source>
        <translation>直连</translation>
    </message>
    <message>
        <source>Disk quota exceeded</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>超出磁盘配额</translation>
    </message>
    <message>
        <source>Done again: {what}</source>
        <translation>已重做：{what}</translation>
    </message>
    <message>
        <source>Dow&amp;n</source>
        <translation>下移(&amp;N)</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Down/s</source>
        <translation>下载速度</translation>
    </message>
    <message>
        <source>Drag, or press Ctrl+Up and Ctrl+Down, to put them in order.</source>
        <translation>拖动，或按 Ctrl+↑ 和 Ctrl+↓ 调整顺序。</translation>
    </message>
    <message>
        <source>Dupl&amp;icate</source>
        <translation>创建副本(&amp;I)</translation>
    </message>
    <message>
        <source>E&amp;dit group…</source>
        <translation>编辑分组(&amp;D)…</translation>
    </message>
    <message>
        <source>ENABLED=yes in {file}</source>
        <translation>{file} 中有 ENABLED=yes</translation>
    </message>
    <message>
        <source>Each of these names is answered from here, and nobody is asked.</source>
        <translation>这些域名直接在本机应答，不查询任何服务器。</translation>
    </message>
    <message>
        <source>Each word must be found, in any of these (Ctrl+F)</source>
        <translation>须包含每个关键词，可位于任意一项 (Ctrl+F)</translation>
    </message>
    <message>
        <source>Edit all rules as text</source>
        <translation>以文本形式编辑所有规则</translation>
    </message>
    <message>
        <source>Edit the DNS server</source>
        <translation>编辑 DNS 服务器</translation>
    </message>
    <message>
        <source>Edit the rule</source>
        <translation>编辑规则</translation>
    </message>
    <message>
        <source>Edit the server…</source>
        <translation>编辑服务器…</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Else that of programs with a proxy setting. It takes the helper, and effect when Byway is turned on the next time.</source>
        <translation>否则只处理设置了代理的程序。需要助手程序，下次开启 Byway 时生效。</translation>
    </message>
    <message>
        <source>End the &amp;pause</source>
        <translation>结束暂停(&amp;P)</translation>
    </message>
    <message>
        <source>Ended</source>
        <translation>结束时间</translation>
    </message>
    <message>
        <source>Ended with status {n}: {program}</source>
        <translation>已结束，退出状态 {n}：{program}</translation>
    </message>
    <message>
        <source>Ended: {program}</source>
        <translation>已结束：{program}</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>错误</translation>
    </message>
    <message>
        <source>Errors only</source>
        <translation>仅错误</translation>
    </message>
    <message>
        <source>Every program</source>
        <translation>所有程序</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Everything &amp;directly</source>
        <translation>全部直连(&amp;D)</translation>
    </message>
    <message>
        <source>Everything &amp;directly, except what I add later</source>
        <translation>全部直连，以后再添加例外(&amp;D)</translation>
    </message>
    <message>
        <source>Everything &amp;through {upstream}, except the local network</source>
        <translation>除局域网外全部经由“{upstream}”(&amp;T)</translation>
    </message>
    <message>
        <source>Everything directly</source>
        <translation>全部直连</translation>
    </message>
    <message>
        <source>Everything else goes directly.</source>
        <translation>其余流量均直连。</translation>
    </message>
    <message>
        <source>Everything goes directly for now.</source>
        <translation>目前全部直连。</translation>
    </message>
    <message>
        <source>Everything goes through {upstream}.</source>
        <translation>全部经由 {upstream}。</translation>
    </message>
    <message>
        <source>Everything through an ups&amp;tream (you have none yet)</source>
        <translation>全部经由上游（您还没有上游）(&amp;T)</translation>
    </message>
    <message>
        <source>Everything through {upstream}</source>
        <translation>全部经由 {upstream}</translation>
    </message>
    <message>
        <source>Exactly this name</source>
        <translation>完整域名</translation>
    </message>
    <message>
        <source>Exactly {name}</source>
        <translation>仅 {name}</translation>
    </message>
    <message>
        <source>Exec format error</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>可执行文件格式错误</translation>
    </message>
    <message>
        <source>Fa&amp;ke addresses for proxied names</source>
        <translation>为走代理的域名使用虚拟地址(&amp;K)</translation>
    </message>
    <message>
        <source>Fake addresses</source>
        <translation>虚拟地址</translation>
    </message>
    <message>
        <source>Fastest</source>
        <translation>最快的成员</translation>
    </message>
    <message>
        <source>File exists</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>文件已存在</translation>
    </message>
    <message>
        <source>File name too long</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>文件名过长</translation>
    </message>
    <message>
        <source>File too large</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>文件过大</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Filter by name, address, program, rule</source>
        <translation>按域名、地址、程序、规则筛选</translation>
    </message>
    <message>
        <source>Filter by text or connection</source>
        <translation>按文本或连接筛选</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find in rules</source>
        <translation>在规则中查找</translation>
    </message>
    <message>
        <source>Fine</source>
        <translation>正常</translation>
    </message>
    <message>
        <source>Firewalls, Docker and others may be beside Byway without being named here.</source>
        <translation>可能还有防火墙、Docker 等与 Byway 并存，却未在此列出。</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>快速入门</translation>
    </message>
    <message>
        <source>First that works</source>
        <translation>第一个可用的成员</translation>
    </message>
    <message>
        <source>For programs with a proxy setting, at 127.0.0.1. Nobody else reaches it.</source>
        <translation>供设置了代理的程序使用，地址为 127.0.0.1，其他设备无法访问。</translation>
    </message>
    <message>
        <source>For the whole machine</source>
        <translation>整机接管范围</translation>
    </message>
    <message>
        <source>For this Byway needs its helper, a small service that runs as root and never sees a connection itself. It is not installed yet; this page notices when it is.</source>
        <translation>为此，Byway 需要助手程序：一个以 root 身份运行的小型服务，它本身不会接触任何连接。目前尚未安装；安装后此页面会自动更新。</translation>
    </message>
    <message>
        <source>For this name or address, with a target</source>
        <translation>针对此域名或地址指定去向</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>From now on they &amp;go:</source>
        <translation>今后的去向(&amp;G)：</translation>
    </message>
    <message>
        <source>Giving the traffic back.</source>
        <translation>正在交还流量。</translation>
    </message>
    <message>
        <source>Goes</source>
        <translation>去向</translation>
    </message>
    <message>
        <source>Goes directly, past it</source>
        <translation>绕过它，直连</translation>
    </message>
    <message>
        <source>Goes there too</source>
        <translation>也发往那里</translation>
    </message>
    <message>
        <source>Goes to</source>
        <translation>去向</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Groups</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Groups are tested by Byway itself: turn it on first.</source>
        <translation>分组由 Byway 自己测试：请先将其开启。</translation>
    </message>
    <message>
        <source>Groups: one name for several upstreams, of which each connection takes one. Rules name a group like an upstream.</source>
        <translation>分组：多个上游共用一个名称，每个连接使用其中之一。规则可以像使用上游一样使用分组。</translation>
    </message>
    <message>
        <source>HTTP</source>
        <translation>HTTP</translation>
    </message>
    <message>
        <source>HTTP Basic cannot carry a username with a colon in it</source>
        <translation>HTTP Basic 无法传递含冒号的用户名</translation>
    </message>
    <message>
        <source>HTTP CONNECT cannot carry this host name</source>
        <translation>HTTP CONNECT 无法传递该主机名</translation>
    </message>
    <message>
        <source>HTTP Host</source>
        <translation>HTTP Host</translation>
    </message>
    <message>
        <source>HTTP status {status}</source>
        <translation>HTTP 状态 {status}</translation>
    </message>
    <message>
        <source>Helper</source>
        <translation>助手程序</translation>
    </message>
    <message>
        <source>Highest in the last two minutes: {up} up, {down} down.</source>
        <translation>最近两分钟峰值：上传 {up}，下载 {down}。</translation>
    </message>
    <message>
        <source>Hits</source>
        <translation>命中</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Host is down</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>主机已关闭</translation>
    </message>
    <message>
        <source>Hosts</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>How to install it</source>
        <translation>如何安装</translation>
    </message>
    <message>
        <source>How to update it</source>
        <translation>如何更新</translation>
    </message>
    <message>
        <source>I have n&amp;one yet</source>
        <translation>还没有上游(&amp;O)</translation>
    </message>
    <message>
        <source>IPv{family} routes in it: {strange}</source>
        <translation>其中的 IPv{family} 路由：{strange}</translation>
    </message>
    <message>
        <source>If Byway runs, this may be your rules&apos; doing: they decide about NetworkManager&apos;s check too. If not, it is not Byway&apos;s.</source>
        <translation>如果 Byway 正在运行，可能是规则造成的：NetworkManager 的检查也按规则走。否则与 Byway 无关。</translation>
    </message>
    <message>
        <source>If polkit wants one, `byway up` may find nobody to ask you; then start an agent for this shell first.</source>
        <translation>如果 polkit 要求密码，`byway up` 可能找不到能询问的代理程序；那时请先为本终端启动一个。</translation>
    </message>
    <message>
        <source>In a file that only you can read</source>
        <translation>仅您可读的文件</translation>
    </message>
    <message>
        <source>In an environment variable</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>In the keyring</source>
        <translation>密钥环</translation>
    </message>
    <message>
        <source>In the list of rules</source>
        <translation>在规则列表中显示</translation>
    </message>
    <message>
        <source>In the profile, readable</source>
        <translation>配置文件（明文）</translation>
    </message>
    <message>
        <source>Info</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Info and above</source>
        <translation>信息及以上</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>输入/输出错误</translation>
    </message>
    <message>
        <source>Install it again.</source>
        <translation>请重新安装。</translation>
    </message>
    <message>
        <source>Installed and reached, version {version}</source>
        <translation>已安装，连接正常，版本 {version}</translation>
    </message>
    <message>
        <source>Installed, but it cannot be reached: {why}</source>
        <translation>已安装，但无法连接：{why}</translation>
    </message>
    <message>
        <source>Installed, version {version}; this Byway needs {expected}.</source>
        <translation>已安装版本 {version}；此 Byway 需要版本 {expected}。</translation>
    </message>
    <message>
        <source>Intercepted</source>
        <translation>接管</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>Interrupted system call</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>系统调用被中断</translation>
    </message>
    <message>
        <source>Invalid argument</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>参数无效</translation>
    </message>
    <message>
        <source>Invalid cross-device link</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>不能跨设备链接</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>是一个目录</translation>
    </message>
    <message>
        <source>Is refused</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>It belongs to another user, and cannot be turned off here.</source>
        <translation>它属于另一个用户，无法在此关闭。</translation>
    </message>
    <message>
        <source>It cannot be steered: {why}</source>
        <translation>无法控制引擎：{why}</translation>
    </message>
    <message>
        <source>It cannot be written: {why}.</source>
        <translation>无法写入：{why}。</translation>
    </message>
    <message>
        <source>It comes with the package byway-helper, from where this Byway came.</source>
        <translation>它在软件包 byway-helper 中，与此 Byway 来源相同。</translation>
    </message>
    <message>
        <source>It could not be started: {why}.</source>
        <translation>无法启动：{why}。</translation>
    </message>
    <message>
        <source>It could not be tried. {why}</source>
        <translation>无法测试。{why}</translation>
    </message>
    <message>
        <source>It did not answer within a minute.</source>
        <translation>一分钟内没有响应。</translation>
    </message>
    <message>
        <source>It does nothing without the helper; the next `byway up` removes it, or now:</source>
        <translation>没有助手程序时它不起作用；下一次 `byway up` 会删除它，也可以现在删除：</translation>
    </message>
    <message>
        <source>It ended with status {n}.</source>
        <translation>已结束，退出状态 {n}。</translation>
    </message>
    <message>
        <source>It ended with status {n}: {words}</source>
        <translation>已结束，退出状态 {n}：{words}</translation>
    </message>
    <message>
        <source>It goes by the rules of {file}.</source>
        <translation>按 {file} 中的规则处理。</translation>
    </message>
    <message>
        <source>It goes by {n} rule.</source>
        <translation>按 {n} 条规则处理。</translation>
    </message>
    <message>
        <source>It goes by {n} rules.</source>
        <translation>按 {n} 条规则处理。</translation>
    </message>
    <message>
        <source>It hangs. “Repair network”, as an administrator, goes past it.</source>
        <translation>助手程序没有响应。以管理员身份执行“修复网络”可绕过它。</translation>
    </message>
    <message>
        <source>It has been told to allow what Byway takes of the LAN&apos;s clients.</source>
        <translation>已经设置为放行 Byway 接管的局域网客户端流量。</translation>
    </message>
    <message>
        <source>It hung up: not a {kind} server, or it cannot reach {goal}.</source>
        <translation>对方断开了连接：不是 {kind} 服务器，或无法到达 {goal}。</translation>
    </message>
    <message>
        <source>It is in the file {file}. Type to replace it.</source>
        <translation>密码在文件 {file} 中。输入新密码即可替换。</translation>
    </message>
    <message>
        <source>It is in your keyring as “{entry}”. Type to replace it.</source>
        <translation>密码在密钥环的“{entry}”条目中。输入新密码即可替换。</translation>
    </message>
    <message>
        <source>It is newer than this Byway: update Byway.</source>
        <translation>它比此 Byway 新：请更新 Byway。</translation>
    </message>
    <message>
        <source>It is older than this Byway: install it again from here.</source>
        <translation>它比此 Byway 旧：请从这里重新安装。</translation>
    </message>
    <message>
        <source>It is reached over the system bus (D-Bus), which must run.</source>
        <translation>需要通过系统总线 (D-Bus) 连接，请确保其正在运行。</translation>
    </message>
    <message>
        <source>It is this machine&apos;s way out: what your rules send directly, or to an upstream, goes through it, and its own packets are left alone. Bring it up before Byway, not while Byway runs.</source>
        <translation>它是本机的出口：规则直连或发往上游的流量都经过它，它自己的数据包不受影响。请在 Byway 之前启动它，不要在 Byway 运行时启动。</translation>
    </message>
    <message>
        <source>It is tried again by itself. If it stays so, choose another server.</source>
        <translation>会自动重试。如果一直如此，请选择其他服务器。</translation>
    </message>
    <message>
        <source>It may forbid this machine to route: what Byway leaves alone of the clients on {lan} (bypassed networks, UDP) then does not pass; the rest does.</source>
        <translation>它可能禁止本机转发：{lan} 上的客户端中 Byway 不接管的流量（绕过的网段、UDP）就无法通过；其余的可以。</translation>
    </message>
    <message>
        <source>It refuses what Byway takes of the clients on {lan}, so they have no network unless it is allowed; programs of this machine are not concerned. Ports of machine.lan_ports are opened as any other service&apos;s.</source>
        <translation>它会拒绝 Byway 接管的 {lan} 上客户端的流量，不放行它们就没有网络；本机的程序不受影响。machine.lan_ports 的端口与其他服务的端口一样需要放行。</translation>
    </message>
    <message>
        <source>It stands in the profile: everyone who can read the file can read it.</source>
        <translation>密码以明文写在配置文件中：能读取该文件的人都能看到。</translation>
    </message>
    <message>
        <source>It starts in a network of its own: each of its connections goes where your rules say, and it needs no proxy setting. A program that is running already, such as a browser, must be closed first.</source>
        <translation>程序将在独立的网络中启动：它的每个连接都按您的规则处理，无需设置代理。已在运行的程序（例如浏览器）须先关闭。</translation>
    </message>
    <message>
        <source>It takes the connection and says nothing: is it really a {kind} server?</source>
        <translation>对方接受连接后没有任何应答：它真的是 {kind} 服务器吗？</translation>
    </message>
    <message>
        <source>It wants a user name and a password.</source>
        <translation>需要用户名和密码。</translation>
    </message>
    <message>
        <source>It works with Byway. The kernel drops clients whose answers would leave by another interface than the one that they come from, before Byway sees them.</source>
        <translation>可与 Byway 共存。如果客户端的应答会从另一个接口发出，内核会在 Byway 看到之前将其丢弃。</translation>
    </message>
    <message>
        <source>Its &amp;address:</source>
        <translation>它的地址(&amp;A)：</translation>
    </message>
    <message>
        <source>Its answer makes no sense: {why}</source>
        <translation>无法理解其应答：{why}</translation>
    </message>
    <message>
        <source>Its helper is not installed. The page Status says how to install it.</source>
        <translation>所需的助手程序尚未安装。“状态”页面说明了如何安装。</translation>
    </message>
    <message>
        <source>Its installer could not be written. {file}: {why}</source>
        <translation>无法写入它的安装脚本。{file}：{why}</translation>
    </message>
    <message>
        <source>Its own connections go by your rules like every program&apos;s: if they send these to an upstream that is this program, they go in a circle. Connections with a mark are left alone.</source>
        <translation>它自己的连接和所有程序一样按规则走：如果规则把它们发往以该程序为上游的地方，就会形成循环。带有标记的连接不受影响。</translation>
    </message>
    <message>
        <source>Its own packets and its network (100.64.0.0/10) are left alone. What your rules send directly goes on through it where it would without Byway.</source>
        <translation>它自己的数据包和网段（100.64.0.0/10）不受影响。规则直连的流量仍像没有 Byway 时那样经过它。</translation>
    </message>
    <message>
        <source>Its own packets are left alone, and so is its network if that is a private one.</source>
        <translation>它自己的数据包不受影响；如果它的网段是私有网段，也不受影响。</translation>
    </message>
    <message>
        <source>KIND,payload,target, as in DOMAIN-SUFFIX,example.com,DIRECT</source>
        <translation>KIND,payload,target，例如 DOMAIN-SUFFIX,example.com,DIRECT</translation>
    </message>
    <message>
        <source>Keep it in a &amp;file that only you can read</source>
        <translation>保存到仅您可读的文件(&amp;F)</translation>
    </message>
    <message>
        <source>Kill switch</source>
        <translation>终止开关</translation>
    </message>
    <message>
        <source>Kind of host</source>
        <translation>主机类型</translation>
    </message>
    <message>
        <source>L&amp;ive ({n})</source>
        <translation>活动 {n}(&amp;I)</translation>
    </message>
    <message>
        <source>Lan&amp;guage:</source>
        <translation>语言(&amp;G)：</translation>
    </message>
    <message>
        <source>Last test</source>
        <translation>上次测试</translation>
    </message>
    <message>
        <source>Lasted</source>
        <translation>持续时间</translation>
    </message>
    <message>
        <source>Le&amp;ave the rules as they are</source>
        <translation>保持现有规则不变(&amp;A)</translation>
    </message>
    <message>
        <source>Leak</source>
        <translation>泄漏</translation>
    </message>
    <message>
        <source>Leak test</source>
        <translation>泄漏测试</translation>
    </message>
    <message>
        <source>Learned from</source>
        <translation>域名来源</translation>
    </message>
    <message>
        <source>Left alone</source>
        <translation>不接管</translation>
    </message>
    <message>
        <source>Left over from Byway</source>
        <translation>Byway 的残留</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>级别</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Line {line}, column {column}: {problem}</source>
        <translation>第 {line} 行第 {column} 列：{problem}</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>活动</translation>
    </message>
    <message>
        <source>Local port</source>
        <translation>本地端口</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>日志</translation>
    </message>
    <message>
        <source>Log-in page</source>
        <translation>登录页面</translation>
    </message>
    <message>
        <source>Looking for applications…</source>
        <translation>正在查找应用程序…</translation>
    </message>
    <message>
        <source>Meanwhile the kill switch refuses all traffic.</source>
        <translation>在此期间，终止开关会拒绝所有流量。</translation>
    </message>
    <message>
        <source>Mend what is marked above first.</source>
        <translation>请先修正上面标出的内容。</translation>
    </message>
    <message>
        <source>Message too long</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>消息过长</translation>
    </message>
    <message>
        <source>Mode</source>
        <translation>模式</translation>
    </message>
    <message>
        <source>Move dow&amp;n</source>
        <translation>下移(&amp;N)</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Move down: the first rule that matches decides</source>
        <translation>下移：以第一条匹配的规则为准</translation>
    </message>
    <message>
        <source>Move u&amp;p</source>
        <translation>上移(&amp;P)</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move up: the first rule that matches decides</source>
        <translation>上移：以第一条匹配的规则为准</translation>
    </message>
    <message>
        <source>Moved {name}.</source>
        <translation>已移动 {name}。</translation>
    </message>
    <message>
        <source>N&amp;one but those that there are</source>
        <translation>不再添加其他上游(&amp;O)</translation>
    </message>
    <message>
        <source>NOT takes one condition, not {n}</source>
        <translation>NOT 只接受一个条件，而不是 {n} 个</translation>
    </message>
    <message>
        <source>NOT,((KIND,payload)),target; several go into OR or AND first</source>
        <translation>NOT,((KIND,payload)),target；多个条件先放进 OR 或 AND</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Name an application, a host, an address, a port or a protocol, or choose everything.</source>
        <translation>请填写应用程序、主机、地址、端口或协议，或选择所有流量。</translation>
    </message>
    <message>
        <source>Name and all below it</source>
        <translation>域名及其子域名</translation>
    </message>
    <message>
        <source>Name contains</source>
        <translation>域名包含</translation>
    </message>
    <message>
        <source>Name known by</source>
        <translation>域名来源</translation>
    </message>
    <message>
        <source>Name of the environment variable</source>
        <translation>环境变量名</translation>
    </message>
    <message>
        <source>Name of the new profile, which begins as a copy of this one:</source>
        <translation>新配置文件的名称（内容先与当前的相同）：</translation>
    </message>
    <message>
        <source>Name or service not known</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>未知的域名或服务</translation>
    </message>
    <message>
        <source>Names</source>
        <translation>域名</translation>
    </message>
    <message>
        <source>Names of your own</source>
        <translation>自定义域名</translation>
    </message>
    <message>
        <source>Names that a rule sends elsewhere were asked in clear: everybody on the way reads them. Let the profile ask servers of your own choice through an upstream, or use fake addresses.</source>
        <translation>规则送往别处的域名被以明文查询：途中任何人都能读到。请让配置文件经由上游向您选择的服务器查询，或使用虚拟地址。</translation>
    </message>
    <message>
        <source>Names with real addresses</source>
        <translation>使用真实地址的域名</translation>
    </message>
    <message>
        <source>Names:</source>
        <translation>域名：</translation>
    </message>
    <message>
        <source>Ne&amp;xt</source>
        <translation>下一步(&amp;X)</translation>
    </message>
    <message>
        <source>Nearest: {rule}</source>
        <translation>最接近的写法：{rule}</translation>
    </message>
    <message>
        <source>Network dropped connection on reset</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>网络重置，连接中断</translation>
    </message>
    <message>
        <source>Network is down</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>网络已断开</translation>
    </message>
    <message>
        <source>Network is unreachable</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>网络不可达</translation>
    </message>
    <message>
        <source>NetworkManager: this network wants a log-in first (captive portal)</source>
        <translation>NetworkManager：该网络需要先登录（强制门户）</translation>
    </message>
    <message>
        <source>NetworkManager: {words}</source>
        <translation>NetworkManager：{words}</translation>
    </message>
    <message>
        <source>Never reached: rule {n} takes everything before it.</source>
        <translation>永远不会匹配：规则 {n} 已匹配所有流量。</translation>
    </message>
    <message>
        <source>New profile</source>
        <translation>新建配置文件</translation>
    </message>
    <message>
        <source>No address associated with hostname</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>该域名没有地址</translation>
    </message>
    <message>
        <source>No answer from {server} within {n} s.</source>
        <translation>{server} 在 {n} 秒内没有响应。</translation>
    </message>
    <message>
        <source>No application fits. Below, any command can be typed.</source>
        <translation>没有匹配的应用程序。可在下方输入任意命令。</translation>
    </message>
    <message>
        <source>No buffer space available</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>没有可用的缓冲区</translation>
    </message>
    <message>
        <source>No connection fits the filter.</source>
        <translation>没有符合筛选条件的连接。</translation>
    </message>
    <message>
        <source>No connection has ended yet.</source>
        <translation>还没有已结束的连接。</translation>
    </message>
    <message>
        <source>No connection is open at the moment.</source>
        <translation>目前没有活动的连接。</translation>
    </message>
    <message>
        <source>No connections yet. Those of programs that Byway serves appear here.</source>
        <translation>还没有连接。由 Byway 处理的程序连接会显示在这里。</translation>
    </message>
    <message>
        <source>No keyring runs here, so it cannot keep the password.</source>
        <translation>这里没有运行密钥环，无法保存密码。</translation>
    </message>
    <message>
        <source>No leak. But not everything came through that should have.</source>
        <translation>没有泄漏，但有些本应通过的没有通过。</translation>
    </message>
    <message>
        <source>No leak: everything went as the rules say.</source>
        <translation>没有泄漏：一切都按规则进行。</translation>
    </message>
    <message>
        <source>No line fits the filter. Show more levels, or empty the field.</source>
        <translation>没有符合筛选条件的记录。请显示更多级别，或清空筛选框。</translation>
    </message>
    <message>
        <source>No names yet. A name can be a device at home, or one that is to lead elsewhere.</source>
        <translation>还没有域名。可以是家中的设备，也可以是要指向别处的域名。</translation>
    </message>
    <message>
        <source>No password: {why}.</source>
        <translation>没有密码：{why}。</translation>
    </message>
    <message>
        <source>No program here opens folders.</source>
        <translation>没有可打开文件夹的程序。</translation>
    </message>
    <message>
        <source>No proxy: one server that gets the connections in place of where they were going.</source>
        <translation>不是代理：由一台服务器代替原目标接收连接。</translation>
    </message>
    <message>
        <source>No resolvers yet. A resolver is a name for servers that some names are asked of.</source>
        <translation>还没有解析器。解析器是一组服务器的名称，用来查询某些域名。</translation>
    </message>
    <message>
        <source>No route to host</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>没有到主机的路由</translation>
    </message>
    <message>
        <source>No ru&amp;les yet: everything goes directly</source>
        <translation>暂无规则，全部直连(&amp;L)</translation>
    </message>
    <message>
        <source>No rule contains “{words}”.</source>
        <translation>没有包含“{words}”的规则。</translation>
    </message>
    <message>
        <source>No rules yet: every name is asked of the servers. Add a resolver first, below.</source>
        <translation>还没有规则：所有域名都向“服务器”中的服务器查询。请先在下面添加解析器。</translation>
    </message>
    <message>
        <source>No rules yet: every name is asked of the servers. Add one for a resolver&apos;s names.</source>
        <translation>还没有规则：所有域名都向“服务器”中的服务器查询。请为解析器负责的域名添加规则。</translation>
    </message>
    <message>
        <source>No rules yet: everything goes directly. A rule sends applications, hosts, addresses or ports through an upstream, or refuses them; the first that matches decides.</source>
        <translation>还没有规则，所有流量均直连。规则可让指定的应用程序、主机、地址或端口经由上游或被拒绝；以第一条匹配的规则为准。</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>No such device</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>没有该设备</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>没有该文件或目录</translation>
    </message>
    <message>
        <source>No such process</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>没有该进程</translation>
    </message>
    <message>
        <source>No traffic has been counted in the last two minutes.</source>
        <translation>最近两分钟没有统计到流量。</translation>
    </message>
    <message>
        <source>No upstreams yet. Add the proxy that your rules should send connections through: a company&apos;s, one that you rent, or a program on this computer.</source>
        <translation>还没有上游。请添加规则要使用的代理：公司的、租用的，或本机程序提供的。</translation>
    </message>
    <message>
        <source>No way to {server}{said}.</source>
        <translation>无法到达 {server}{said}。</translation>
    </message>
    <message>
        <source>None yet. The defaults are shown.</source>
        <translation>还没有。显示的是默认值。</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>不是目录</translation>
    </message>
    <message>
        <source>Not installed. The local port works without it.</source>
        <translation>未安装。没有它，本地端口照常可用。</translation>
    </message>
    <message>
        <source>Not installed. “Run a program…” and the local port work without it.</source>
        <translation>未安装。“运行程序…”和本地端口无需助手程序也可使用。</translation>
    </message>
    <message>
        <source>Not kept</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Not saved: another profile has been chosen meanwhile.</source>
        <translation>未保存：期间已选择其他配置文件。</translation>
    </message>
    <message>
        <source>Not saved: another program has changed the profile meanwhile. Here it is now.</source>
        <translation>未保存：其他程序已更改配置文件。现已显示最新内容。</translation>
    </message>
    <message>
        <source>Not saved: another program has made a profile meanwhile. Here it is.</source>
        <translation>未保存：其他程序已创建配置文件。现已显示其内容。</translation>
    </message>
    <message>
        <source>Not saved: {file}: {why}</source>
        <translation>未保存：{file}：{why}</translation>
    </message>
    <message>
        <source>Not saved: {why}</source>
        <translation>未保存：{why}</translation>
    </message>
    <message>
        <source>Not through</source>
        <translation>未通过</translation>
    </message>
    <message>
        <source>Not valid: {why}</source>
        <translation>无效：{why}</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Note</source>
        <comment>a finding about this machine</comment>
        <translation>提示</translation>
    </message>
    <message>
        <source>Nothing else that Byway knows of has a say in this machine&apos;s network.</source>
        <translation>未发现其他会影响本机网络的组件。</translation>
    </message>
    <message>
        <source>Nothing has been logged yet. What goes wrong is told here.</source>
        <translation>还没有日志。出现的问题会记录在这里。</translation>
    </message>
    <message>
        <source>Nothing here is in Byway&apos;s way.</source>
        <translation>没有妨碍 Byway 的组件。</translation>
    </message>
    <message>
        <source>Nothing is being counted now.</source>
        <translation>目前没有统计。</translation>
    </message>
    <message>
        <source>Nothing is changed in {file}.</source>
        <translation>{file} 没有更改。</translation>
    </message>
    <message>
        <source>Nothing is intercepted</source>
        <translation>未接管任何流量</translation>
    </message>
    <message>
        <source>Nothing is pasted. {why}</source>
        <translation>未粘贴任何内容。{why}</translation>
    </message>
    <message>
        <source>Nothing on this desktop can ask for a password. Start a polkit agent, such as polkit-gnome or lxpolkit, and try again.</source>
        <translation>此桌面没有可询问密码的程序。请启动 polkit 认证代理（例如 polkit-gnome 或 lxpolkit）后重试。</translation>
    </message>
    <message>
        <source>Nothing to do: Byway&apos;s rules stay when it changes networks, and its own check for a connection goes by your rules like any program&apos;s.</source>
        <translation>无需处理：它切换网络时 Byway 的规则保持不变，它自己的联网检查和其他程序一样按规则走。</translation>
    </message>
    <message>
        <source>Nothing to do: programs of this machine go by your rules, and what it refuses stays refused.</source>
        <translation>无需处理：本机的程序按规则走，它拒绝的仍被拒绝。</translation>
    </message>
    <message>
        <source>Nothing to do: what bridges pass on between virtual machines or containers is left alone.</source>
        <translation>无需处理：网桥在虚拟机或容器之间转发的流量不受影响。</translation>
    </message>
    <message>
        <source>Now</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>Now {up} up, {down} down.</source>
        <translation>当前上传 {up}，下载 {down}。</translation>
    </message>
    <message>
        <source>Nowhere: refuse it</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>编号</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>On</source>
        <translation>已开启</translation>
    </message>
    <message>
        <source>On</source>
        <comment>column of check boxes</comment>
        <translation>启用</translation>
    </message>
    <message>
        <source>On since {clock}, for {duration}.</source>
        <translation>自 {clock} 起已开启 {duration}。</translation>
    </message>
    <message>
        <source>On, and Byway is away: connections are refused. Turning Byway on for the whole machine, or “Repair network”, ends that.</source>
        <translation>已开启，但 Byway 未运行：连接均被拒绝。开启 Byway 整机接管或“修复网络”即可恢复。</translation>
    </message>
    <message>
        <source>On: if Byway dies, what it takes is refused</source>
        <translation>已开启：Byway 意外退出时，其接管的流量一律拒绝</translation>
    </message>
    <message>
        <source>One rule a line: KIND,payload,target. The first that matches decides. A # in front turns a rule off; behind two blanks and a # stands a note.</source>
        <translation>每行一条规则，用半角逗号分隔类型、内容和去向，例如 DOMAIN,example.com,DIRECT。以第一条匹配的规则为准。行首加 # 可停用规则；两个空格加 # 之后为备注。</translation>
    </message>
    <message>
        <source>Only IPv4 is there to be taken.</source>
        <translation>只有 IPv4 可以接管。</translation>
    </message>
    <message>
        <source>Open &amp;window</source>
        <translation>打开窗口(&amp;W)</translation>
    </message>
    <message>
        <source>Open DNS</source>
        <translation>打开 DNS 页面</translation>
    </message>
    <message>
        <source>Open a local SOCKS and HTTP &amp;port</source>
        <translation>开放本地 SOCKS 和 HTTP 端口(&amp;P)</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Open folder: {name}</source>
        <translation>打开文件夹：{name}</translation>
    </message>
    <message>
        <source>Open the &amp;folder</source>
        <translation>打开文件夹(&amp;F)</translation>
    </message>
    <message>
        <source>Opening the local port.</source>
        <translation>正在打开本地端口。</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>操作不被允许</translation>
    </message>
    <message>
        <source>Operation not supported</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>不支持该操作</translation>
    </message>
    <message>
        <source>P&amp;aste</source>
        <translation>粘贴(&amp;A)</translation>
    </message>
    <message>
        <source>P&amp;rotocol</source>
        <translation>协议(&amp;R)</translation>
    </message>
    <message>
        <source>Packet marks</source>
        <translation>数据包标记</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>Pass&amp;word:</source>
        <translation>密码(&amp;W)：</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Pattern with * and ?</source>
        <translation>通配符（* 和 ?）</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>权限不足</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Ports</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>Ports of this &amp;machine&apos;s own:</source>
        <translation>本机端口(&amp;M)：</translation>
    </message>
    <message>
        <source>Ports of this machine&apos;s own</source>
        <translation>本机端口</translation>
    </message>
    <message>
        <source>Pro&amp;file</source>
        <translation>配置文件(&amp;F)</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Problems of the profile</source>
        <translation>配置文件的问题</translation>
    </message>
    <message>
        <source>Process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>配置文件</translation>
    </message>
    <message>
        <source>Profile: {name}</source>
        <translation>配置文件：{name}</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>Program not known</source>
        <translation>未知程序</translation>
    </message>
    <message>
        <source>Programs go on asking it. Byway takes the questions that it sends on, and so knows names; not those it asks encrypted (DNSOverTLS=yes), nor what it has asked before and still remembers (resolvectl flush-caches); there, rules by name see what TLS and HTTP say.</source>
        <translation>程序继续向它查询。Byway 接管它转发的查询，从而知道名称；但加密的查询（DNSOverTLS=yes）以及它之前查过并仍缓存的结果（resolvectl flush-caches）除外；这些情况下，按名称的规则依据 TLS 和 HTTP 中的名称。</translation>
    </message>
    <message>
        <source>Programs that use the proxy 127.0.0.1:{port} are served.</source>
        <translation>正在为使用代理 127.0.0.1:{port} 的程序提供服务。</translation>
    </message>
    <message>
        <source>Programs that use the proxy 127.0.0.1:{port} go by your rules then, and those started with “Run a program…” in any case.</source>
        <translation>开启后，使用代理 127.0.0.1:{port} 的程序按您的规则处理；通过“运行程序…”启动的程序始终如此。</translation>
    </message>
    <message>
        <source>Programs that use the proxy 127.0.0.1:{port} go by your rules then.</source>
        <translation>开启后，使用代理 127.0.0.1:{port} 的程序按您的规则处理。</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>协议</translation>
    </message>
    <message>
        <source>Protocol not available</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>协议不可用</translation>
    </message>
    <message>
        <source>Protocol not supported</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>不支持该协议</translation>
    </message>
    <message>
        <source>Proxies and other servers that rules can send connections through.</source>
        <translation>规则可使用的代理和其他服务器。</translation>
    </message>
    <message>
        <source>QUIC name</source>
        <translation>QUIC 域名</translation>
    </message>
    <message>
        <source>R&amp;epair the network</source>
        <translation>修复网络(&amp;E)</translation>
    </message>
    <message>
        <source>REJECT in select groups only</source>
        <translation>REJECT 只能用于 select 分组</translation>
    </message>
    <message>
        <source>Re&amp;move</source>
        <translation>移除(&amp;M)</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>文件系统只读</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>已接收</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>Refused: nothing listens at {server}.</source>
        <translation>连接被拒绝：{server} 没有服务在监听。</translation>
    </message>
    <message>
        <source>Regular expression</source>
        <translation>正则表达式</translation>
    </message>
    <message>
        <source>Remo&amp;ve group</source>
        <translation>移除分组(&amp;V)</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove this host</source>
        <translation>移除此主机</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Removed {name}, and the rule that named it.</source>
        <translation>已移除 {name} 以及使用它的规则。</translation>
    </message>
    <message>
        <source>Removed {name}, and the {n} rules that named it.</source>
        <translation>已移除 {name} 以及使用它的 {n} 条规则。</translation>
    </message>
    <message>
        <source>Removed {name}.</source>
        <translation>已移除 {name}。</translation>
    </message>
    <message>
        <source>Removes everything of Byway&apos;s from this computer&apos;s network</source>
        <translation>清除 Byway 在本机网络中的所有设置</translation>
    </message>
    <message>
        <source>Repair &amp;network</source>
        <translation>修复网络(&amp;N)</translation>
    </message>
    <message>
        <source>Repair the network</source>
        <translation>修复网络</translation>
    </message>
    <message>
        <source>Repairing the network…</source>
        <translation>正在修复网络…</translation>
    </message>
    <message>
        <source>Reset the counts of &amp;hits</source>
        <translation>重置命中次数(&amp;H)</translation>
    </message>
    <message>
        <source>Resolvers</source>
        <translation>解析器</translation>
    </message>
    <message>
        <source>Resource temporarily unavailable</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>资源暂时不可用</translation>
    </message>
    <message>
        <source>Routing is off</source>
        <translation>转发已关闭</translation>
    </message>
    <message>
        <source>Routing rules before Byway&apos;s</source>
        <translation>排在 Byway 之前的路由规则</translation>
    </message>
    <message>
        <source>Routing table {table}</source>
        <translation>路由表 {table}</translation>
    </message>
    <message>
        <source>Rule</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Rule added.</source>
        <translation>已添加规则。</translation>
    </message>
    <message>
        <source>Rule changed.</source>
        <translation>已更改规则。</translation>
    </message>
    <message>
        <source>Rule copied.</source>
        <translation>已复制规则。</translation>
    </message>
    <message>
        <source>Rule deleted.</source>
        <translation>已删除规则。</translation>
    </message>
    <message>
        <source>Rule duplicated.</source>
        <translation>已创建规则副本。</translation>
    </message>
    <message>
        <source>Rule moved.</source>
        <translation>已移动规则。</translation>
    </message>
    <message>
        <source>Rule turned off.</source>
        <translation>已停用规则。</translation>
    </message>
    <message>
        <source>Rule turned on.</source>
        <translation>已启用规则。</translation>
    </message>
    <message>
        <source>Rule {n} cannot be turned on. {why}</source>
        <translation>规则 {n} 无法启用。{why}</translation>
    </message>
    <message>
        <source>Rule {n} nearly: {rule} ({why})</source>
        <translation>规则 {n} 接近匹配：{rule}（{why}）</translation>
    </message>
    <message>
        <source>Rules</source>
        <translation>规则</translation>
    </message>
    <message>
        <source>Rules as text</source>
        <translation>规则文本</translation>
    </message>
    <message>
        <source>Rules below rule {n} are never reached: it takes everything.</source>
        <translation>规则 {n} 匹配所有流量，其后的规则永远不会匹配。</translation>
    </message>
    <message>
        <source>Rules by host, address and port work all the same.</source>
        <translation>按主机、地址和端口的规则仍然有效。</translation>
    </message>
    <message>
        <source>Rules can be moved when all are shown: empty “Find in rules” first.</source>
        <translation>显示全部规则时才能移动：请先清空“在规则中查找”。</translation>
    </message>
    <message>
        <source>Rules changed as text.</source>
        <translation>已通过文本更改规则。</translation>
    </message>
    <message>
        <source>Rules on names</source>
        <translation>域名规则</translation>
    </message>
    <message>
        <source>Rules that name this upstream</source>
        <translation>使用此上游的规则</translation>
    </message>
    <message>
        <source>Rules to begin with</source>
        <translation>初始规则</translation>
    </message>
    <message>
        <source>Run a program</source>
        <translation>运行程序</translation>
    </message>
    <message>
        <source>Runs this profile between an Internet of its own and a program that knows of no proxy, and reads every packet. Nothing is sent to any real network.</source>
        <translation>在一个自建的互联网与一个不知道任何代理的程序之间运行此配置文件，并读取每个数据包。不会向任何真实网络发送内容。</translation>
    </message>
    <message>
        <source>S&amp;how it</source>
        <translation>显示密码(&amp;H)</translation>
    </message>
    <message>
        <source>S&amp;how the open ones</source>
        <translation>显示活动的连接(&amp;H)</translation>
    </message>
    <message>
        <source>S&amp;how those that have ended</source>
        <translation>显示已结束的连接(&amp;H)</translation>
    </message>
    <message>
        <source>S&amp;kip these steps</source>
        <translation>跳过这些步骤(&amp;K)</translation>
    </message>
    <message>
        <source>SOCKS cannot carry this host name</source>
        <translation>SOCKS 无法传递该主机名</translation>
    </message>
    <message>
        <source>SOCKS4</source>
        <translation>SOCKS4</translation>
    </message>
    <message>
        <source>SOCKS4 cannot carry a name ({host}): if the server understands SOCKS4a, set the upstream&apos;s type to &quot;socks4a&quot;</source>
        <translation>SOCKS4 无法传递名称（{host}）：如果服务器支持 SOCKS4a，请把上游的类型设为 &quot;socks4a&quot;</translation>
    </message>
    <message>
        <source>SOCKS4 cannot carry an IPv6 address: use a SOCKS5 or HTTP upstream</source>
        <translation>SOCKS4 无法传递 IPv6 地址：请使用 SOCKS5 或 HTTP 上游</translation>
    </message>
    <message>
        <source>SOCKS4 cannot carry the password that is wanted here</source>
        <translation>SOCKS4 无法传递这里要求的密码</translation>
    </message>
    <message>
        <source>SOCKS4 cannot carry this user id</source>
        <translation>SOCKS4 无法传递该用户标识</translation>
    </message>
    <message>
        <source>SOCKS4 passes no names on, and this computer finds no IPv4 address for {goal}.</source>
        <translation>SOCKS4 不转交域名，而本机找不到 {goal} 的 IPv4 地址。</translation>
    </message>
    <message>
        <source>SOCKS4a</source>
        <translation>SOCKS4a</translation>
    </message>
    <message>
        <source>SOCKS4a cannot carry this host name</source>
        <translation>SOCKS4a 无法传递该主机名</translation>
    </message>
    <message>
        <source>SOCKS5</source>
        <translation>SOCKS5</translation>
    </message>
    <message>
        <source>SOCKS5 cannot carry a username or password longer than 255 bytes</source>
        <translation>SOCKS5 无法传递超过 255 字节的用户名或密码</translation>
    </message>
    <message>
        <source>Sa&amp;ve as…</source>
        <translation>另存为(&amp;V)…</translation>
    </message>
    <message>
        <source>Save aga&amp;in</source>
        <translation>再次保存(&amp;I)</translation>
    </message>
    <message>
        <source>Save the log</source>
        <translation>保存日志</translation>
    </message>
    <message>
        <source>Saved: {file}</source>
        <translation>已保存：{file}</translation>
    </message>
    <message>
        <source>Se&amp;rver:</source>
        <translation>服务器(&amp;R)：</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search applications</source>
        <translation>搜索应用程序</translation>
    </message>
    <message>
        <source>Seen: {what}</source>
        <translation>检测到：{what}</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>已发送</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Servers:</source>
        <translation>服务器：</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>服务</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Settings of this app</source>
        <translation>本应用的设置</translation>
    </message>
    <message>
        <source>Shared by destination</source>
        <translation>按目标分配</translation>
    </message>
    <message>
        <source>Shell commands that point programs to the local port</source>
        <translation>让程序使用本地端口的终端命令</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show &amp;direct connections too</source>
        <translation>同时显示直连连接(&amp;D)</translation>
    </message>
    <message>
        <source>Show &amp;notifications</source>
        <translation>显示通知(&amp;N)</translation>
    </message>
    <message>
        <source>Show i&amp;ts rule</source>
        <translation>查看规则(&amp;T)</translation>
    </message>
    <message>
        <source>Show the first steps &amp;again…</source>
        <translation>重新显示快速入门(&amp;A)…</translation>
    </message>
    <message>
        <source>Show the rule</source>
        <translation>查看规则</translation>
    </message>
    <message>
        <source>Since it was turned on</source>
        <translation>开启以来</translation>
    </message>
    <message>
        <source>Single programs</source>
        <translation>单个程序</translation>
    </message>
    <message>
        <source>So does the package byway-helper, where there is one for your system.</source>
        <translation>如果您的系统有软件包 byway-helper，也可以安装它。</translation>
    </message>
    <message>
        <source>Software caused connection abort</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>连接被本机中止</translation>
    </message>
    <message>
        <source>Some names are known to a company&apos;s or a home&apos;s own servers only. The first rule that matches says which resolver is asked; all other names are asked of the servers.</source>
        <translation>有些域名只有公司或家中自己的服务器才知道。第一条匹配的规则决定向哪个解析器查询；其他域名都向“服务器”中的服务器查询。</translation>
    </message>
    <message>
        <source>Stale file handle</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>文件句柄已失效</translation>
    </message>
    <message>
        <source>Start at log-&amp;in, in the tray</source>
        <translation>登录时启动到托盘(&amp;I)</translation>
    </message>
    <message>
        <source>Started</source>
        <translation>开始时间</translation>
    </message>
    <message>
        <source>Started: {program}</source>
        <translation>已启动：{program}</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Step {n} of {all}</source>
        <translation>第 {n} 步，共 {all} 步</translation>
    </message>
    <message>
        <source>Strict reverse path filter</source>
        <translation>严格的反向路径过滤</translation>
    </message>
    <message>
        <source>System bus</source>
        <translation>系统总线</translation>
    </message>
    <message>
        <source>T&amp;hese servers, and no others:</source>
        <translation>仅使用以下服务器(&amp;H)：</translation>
    </message>
    <message>
        <source>T&amp;ype:</source>
        <translation>类型(&amp;Y)：</translation>
    </message>
    <message>
        <source>TCP and UDP of every program ({families})</source>
        <translation>所有程序的 TCP 和 UDP ({families})</translation>
    </message>
    <message>
        <source>TCP and name lookups of every program ({families})</source>
        <translation>所有程序的 TCP 和域名查询 ({families})</translation>
    </message>
    <message>
        <source>TCP or UDP</source>
        <translation>TCP 或 UDP</translation>
    </message>
    <message>
        <source>TLS name</source>
        <translation>TLS 域名</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>收回接管</translation>
    </message>
    <message>
        <source>Take it from an environment &amp;variable</source>
        <translation>从环境变量读取(&amp;V)</translation>
    </message>
    <message>
        <source>Take the traffic of e&amp;very program on this computer</source>
        <translation>接管本机所有程序的流量(&amp;V)</translation>
    </message>
    <message>
        <source>Taken by</source>
        <translation>接管者</translation>
    </message>
    <message>
        <source>Takes effect at once.</source>
        <translation>立即生效。</translation>
    </message>
    <message>
        <source>Takes effect when Byway is turned off and on again.</source>
        <translation>重新开启 Byway 后生效。</translation>
    </message>
    <message>
        <source>Takes everything of Byway&apos;s out of this machine&apos;s network: rules, routes and kill switch. Live connections through Byway end. It may ask for a password.</source>
        <translation>从本机网络中清除 Byway 的所有设置：规则、路由和终止开关。经由 Byway 的活动连接会断开。可能需要输入密码。</translation>
    </message>
    <message>
        <source>Te&amp;st it</source>
        <translation>测试(&amp;S)</translation>
    </message>
    <message>
        <source>Temporary failure in name resolution</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>域名解析暂时失败</translation>
    </message>
    <message>
        <source>Test &amp;by connecting to:</source>
        <translation>测试连接目标(&amp;B)：</translation>
    </message>
    <message>
        <source>Test &amp;every:</source>
        <translation>测试间隔(&amp;E)：</translation>
    </message>
    <message>
        <source>Test a&amp;ll</source>
        <translation>全部测试(&amp;L)</translation>
    </message>
    <message>
        <source>Test members no&amp;w</source>
        <translation>立即测试成员(&amp;W)</translation>
    </message>
    <message>
        <source>Testing, by connecting to {goal}…</source>
        <translation>正在测试与 {goal} 的连接…</translation>
    </message>
    <message>
        <source>Text file busy</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>文件正在执行</translation>
    </message>
    <message>
        <source>Text files (*.log *.txt)</source>
        <translation>文本文件 (*.log *.txt)</translation>
    </message>
    <message>
        <source>That name is too long.</source>
        <translation>名称太长。</translation>
    </message>
    <message>
        <source>The address {address}</source>
        <translation>地址 {address}</translation>
    </message>
    <message>
        <source>The application {program}</source>
        <translation>应用程序 {program}</translation>
    </message>
    <message>
        <source>The changed profile could not be taken, the one before stays in force: {why}</source>
        <translation>无法应用更改后的配置文件，之前的仍然有效：{why}</translation>
    </message>
    <message>
        <source>The choice could not be kept: {why}</source>
        <translation>无法保存此选择：{why}</translation>
    </message>
    <message>
        <source>The choice holds until Byway ends: {why}</source>
        <translation>此选择只在 Byway 结束前有效：{why}</translation>
    </message>
    <message>
        <source>The desktop does not allow it.</source>
        <translation>桌面环境不允许这样做。</translation>
    </message>
    <message>
        <source>The desktop does not answer.</source>
        <translation>桌面环境没有应答。</translation>
    </message>
    <message>
        <source>The engine could not be told: {why}</source>
        <translation>无法通知引擎：{why}</translation>
    </message>
    <message>
        <source>The engine has ended unexpectedly ({how}). It is started again in {n} s.</source>
        <translation>引擎意外结束 ({how})，将在 {n} 秒后重新启动。</translation>
    </message>
    <message>
        <source>The engine has ended unexpectedly.</source>
        <translation>引擎意外结束。</translation>
    </message>
    <message>
        <source>The fields above cannot show this rule: edit it here.</source>
        <translation>上面的字段无法显示此规则：请在此编辑。</translation>
    </message>
    <message>
        <source>The first member in the list that works; the others are there for when it does not.</source>
        <translation>列表中第一个可用的成员；其余的在它不可用时接替。</translation>
    </message>
    <message>
        <source>The group could not be tested: {why}</source>
        <translation>无法测试该分组：{why}</translation>
    </message>
    <message>
        <source>The helper does not answer.</source>
        <translation>助手程序没有响应。</translation>
    </message>
    <message>
        <source>The helper is installed and does not start.</source>
        <translation>助手程序已安装，但无法启动。</translation>
    </message>
    <message>
        <source>The helper is installed: Byway can take every program&apos;s connections.</source>
        <translation>助手程序已安装：Byway 可以接管所有程序的连接。</translation>
    </message>
    <message>
        <source>The helper is not in use and no local port is set: there is nothing to take.</source>
        <translation>未使用助手程序，也未设置本地端口：没有可接管的流量。</translation>
    </message>
    <message>
        <source>The helper that takes every program&apos;s traffic is not installed.</source>
        <translation>未安装用于接管所有程序流量的助手程序。</translation>
    </message>
    <message>
        <source>The installed helper is newer than this Byway. Update Byway.</source>
        <translation>已安装的助手程序比此 Byway 新。请更新 Byway。</translation>
    </message>
    <message>
        <source>The installed helper is older than this Byway: update it.</source>
        <translation>已安装的助手程序比此 Byway 旧：请更新它。</translation>
    </message>
    <message>
        <source>The keyring did not take the password ({why}).</source>
        <translation>密钥环未能保存密码 ({why})。</translation>
    </message>
    <message>
        <source>The keyring has no such entry any more.</source>
        <translation>密钥环中已没有该条目。</translation>
    </message>
    <message>
        <source>The keyring is locked: unlock it and try again, or choose another way.</source>
        <translation>密钥环已锁定：请解锁后重试，或选择其他方式。</translation>
    </message>
    <message>
        <source>The kill switch refuses all traffic.</source>
        <translation>终止开关正在拒绝所有流量。</translation>
    </message>
    <message>
        <source>The machine could not be looked at. {why}</source>
        <translation>无法检查本机。{why}</translation>
    </message>
    <message>
        <source>The member that answers fastest, as tests find out while the group is used.</source>
        <translation>应答最快的成员；分组被使用期间会进行测试。</translation>
    </message>
    <message>
        <source>The name of a variable that Byway finds the password in when it starts.</source>
        <translation>环境变量名，Byway 启动时从中读取密码。</translation>
    </message>
    <message>
        <source>The name {server} was not found.</source>
        <translation>找不到域名 {server}。</translation>
    </message>
    <message>
        <source>The network is as it was without Byway.</source>
        <translation>网络已恢复到没有 Byway 时的状态。</translation>
    </message>
    <message>
        <source>The network {network}</source>
        <translation>网段 {network}</translation>
    </message>
    <message>
        <source>The oldest: takes IPv4 addresses only, so names are looked up on this computer.</source>
        <translation>最旧的一种：只接受 IPv4 地址，因此在本机解析域名。</translation>
    </message>
    <message>
        <source>The profile cannot be changed here: {why}.</source>
        <translation>无法在此更改配置文件：{why}。</translation>
    </message>
    <message>
        <source>The profile cannot be changed so: {why}</source>
        <translation>无法这样更改配置文件：{why}</translation>
    </message>
    <message>
        <source>The profile cannot be read: mend it first.</source>
        <translation>无法读取配置文件：请先修正。</translation>
    </message>
    <message>
        <source>The profile has been changed there since: nothing was saved.</source>
        <translation>配置文件的相应内容已被更改：未保存。</translation>
    </message>
    <message>
        <source>The profile has been changed there since: nothing was undone.</source>
        <translation>配置文件的相应内容已被更改：未撤销。</translation>
    </message>
    <message>
        <source>The profile opens no local port.</source>
        <translation>配置文件没有开放本地端口。</translation>
    </message>
    <message>
        <source>The profile opens no local port: choose one under Settings, Local port.</source>
        <translation>配置文件没有开放本地端口：请在“设置”的“本地端口”中选择。</translation>
    </message>
    <message>
        <source>The program sees its connection end</source>
        <translation>程序会发现连接已断开</translation>
    </message>
    <message>
        <source>The proxy cannot reach {goal}{said}.</source>
        <translation>代理无法到达 {goal}{said}。</translation>
    </message>
    <message>
        <source>The proxy does not allow connections to {goal}{said}.</source>
        <translation>代理不允许连接 {goal}{said}。</translation>
    </message>
    <message>
        <source>The proxy gets an empty password until you add one here.</source>
        <translation>在您填写密码之前，将向代理发送空密码。</translation>
    </message>
    <message>
        <source>The proxy said yes and hung up: it probably cannot reach {goal}.</source>
        <translation>代理同意连接后又断开：可能无法到达 {goal}。</translation>
    </message>
    <message>
        <source>The proxy said yes, and then nothing came from {goal}.</source>
        <translation>代理已同意连接，但 {goal} 没有应答。</translation>
    </message>
    <message>
        <source>The question for a password was closed.</source>
        <translation>密码询问窗口已被关闭。</translation>
    </message>
    <message>
        <source>The s&amp;ystem&apos;s own servers</source>
        <translation>系统的服务器(&amp;Y)</translation>
    </message>
    <message>
        <source>The server gets UDP as well, in place of where it was going.</source>
        <translation>UDP 也由这台服务器接收，代替原来的目标。</translation>
    </message>
    <message>
        <source>The system refused what the helper asked for.</source>
        <translation>系统拒绝了助手程序的请求。</translation>
    </message>
    <message>
        <source>The traffic of every program on this computer goes by your rules then. You are asked for permission first.</source>
        <translation>开启后，本机所有程序的流量都按您的规则处理。开启前会请求您授权。</translation>
    </message>
    <message>
        <source>The traffic of every program on this computer is taken.</source>
        <translation>已接管本机所有程序的流量。</translation>
    </message>
    <message>
        <source>The user name wants a password, or choose “Not kept”.</source>
        <translation>填写用户名后还需要密码，或选择“不保存”。</translation>
    </message>
    <message>
        <source>The usual choice: passes names on, so they are looked up at the proxy, and may ask for a user name and password.</source>
        <translation>最常用：转交域名，由代理解析；可能需要用户名和密码。</translation>
    </message>
    <message>
        <source>The {what} on {taken} go by your rules, as machine.lan says.</source>
        <translation>{taken} 上的 {what} 按规则走，正如 machine.lan 所设。</translation>
    </message>
    <message>
        <source>Their programs use this machine&apos;s network, and go by your rules like all others.</source>
        <translation>它们的程序使用本机的网络，和其他程序一样按规则走。</translation>
    </message>
    <message>
        <source>There are already: {names}</source>
        <translation>已有的上游：{names}</translation>
    </message>
    <message>
        <source>There is a profile of that name already.</source>
        <translation>已有同名的配置文件。</translation>
    </message>
    <message>
        <source>There is no folder {folder} yet.</source>
        <translation>文件夹 {folder} 尚不存在。</translation>
    </message>
    <message>
        <source>There is no host in {place}.</source>
        <translation>{place} 中没有主机。</translation>
    </message>
    <message>
        <source>There is no profile that can be read, and so nothing to change here.</source>
        <translation>没有可读取的配置文件，因此无法在此更改。</translation>
    </message>
    <message>
        <source>There is no profile yet in which these could be kept.</source>
        <translation>还没有可保存这些设置的配置文件。</translation>
    </message>
    <message>
        <source>There is no profile yet, or it cannot be read.</source>
        <translation>还没有配置文件，或无法读取。</translation>
    </message>
    <message>
        <source>There is no profile yet. The rules for what goes where belong in {file}.</source>
        <translation>还没有配置文件。流量去向的规则应写在 {file} 中。</translation>
    </message>
    <message>
        <source>There is no program {name}.</source>
        <translation>没有程序 {name}。</translation>
    </message>
    <message>
        <source>There is no rule in the clipboard.</source>
        <translation>剪贴板中没有规则。</translation>
    </message>
    <message>
        <source>There is no session bus.</source>
        <translation>没有会话总线。</translation>
    </message>
    <message>
        <source>There is no system bus (D-Bus), which the helper needs.</source>
        <translation>没有助手程序所需的系统总线 (D-Bus)。</translation>
    </message>
    <message>
        <source>There may be more beside Byway than is said here.</source>
        <translation>除这里列出的之外，可能还有其他程序与 Byway 并存。</translation>
    </message>
    <message>
        <source>There must be a valid profile first.</source>
        <translation>须先有一个有效的配置文件。</translation>
    </message>
    <message>
        <source>These names keep their real addresses. “*” stands for any characters, “?” for one, “+.” for a name and all below it.</source>
        <translation>这些域名保留真实地址。“*”代表任意多个字符，“?”代表一个字符，“+.”代表一个域名及其所有子域名。</translation>
    </message>
    <message>
        <source>They have no way to everywhere: only connections to the networks in their tables go past your rules.</source>
        <translation>它们不通往所有地址：只有发往其路由表中网段的连接会绕过规则。</translation>
    </message>
    <message>
        <source>This Byway is a Flatpak. Its sandbox may make no networks of its own, and a program under your rules needs one: single programs cannot be run from here. Turn Byway on for every program instead, for which it needs its helper. The Debian package and the AppImage of Byway can run single programs too.</source>
        <translation>这个 Byway 是 Flatpak。它的沙盒不能创建自己的网络，而按规则运行单个程序需要一个独立的网络，因此无法从这里运行单个程序。请改为对所有程序开启 Byway，这需要它的助手程序。Byway 的 Debian 软件包和 AppImage 也能运行单个程序。</translation>
    </message>
    <message>
        <source>This app</source>
        <translation>本应用</translation>
    </message>
    <message>
        <source>This can be told once the profile has no errors.</source>
        <translation>配置文件没有错误后才能测试。</translation>
    </message>
    <message>
        <source>This changes in {file}:</source>
        <translation>{file} 将有以下更改：</translation>
    </message>
    <message>
        <source>This could not be kept. {file}: {why}</source>
        <translation>无法保存。{file}：{why}</translation>
    </message>
    <message>
        <source>This desktop has no portal for it.</source>
        <translation>此桌面环境没有提供相应的门户（portal）。</translation>
    </message>
    <message>
        <source>This installs it, and says each file that it copies:</source>
        <translation>以下命令用于安装，并列出复制的每个文件：</translation>
    </message>
    <message>
        <source>This is not a {kind} server: it answers in another way.</source>
        <translation>这不是 {kind} 服务器：应答方式不符。</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>此列表</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>This resolver is not in the profile any more.</source>
        <translation>配置文件中已没有此解析器。</translation>
    </message>
    <message>
        <source>This rule &amp;is on</source>
        <translation>启用此规则(&amp;I)</translation>
    </message>
    <message>
        <source>This rule is not in the profile any more.</source>
        <translation>配置文件中已没有此规则。</translation>
    </message>
    <message>
        <source>This server is not in the list any more.</source>
        <translation>列表中已没有此服务器。</translation>
    </message>
    <message>
        <source>This test cannot send names and passwords of more than 127 bytes.</source>
        <translation>此测试无法发送超过 127 字节的用户名和密码。</translation>
    </message>
    <message>
        <source>This type of proxy carries no UDP: it is refused, and browsers go on with TCP.</source>
        <translation>这种代理不传输 UDP：UDP 会被拒绝，浏览器改用 TCP。</translation>
    </message>
    <message>
        <source>Through the proxy, if it carries UDP. If not, UDP is refused, and browsers go on with TCP.</source>
        <translation>若代理支持 UDP，就经过它；否则 UDP 会被拒绝，浏览器改用 TCP。</translation>
    </message>
    <message>
        <source>Through {name}</source>
        <translation>经由 {name}</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>To the &amp;newest</source>
        <translation>跳到最新(&amp;N)</translation>
    </message>
    <message>
        <source>Too many levels of symbolic links</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>符号链接层数过多</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>打开的文件过多</translation>
    </message>
    <message>
        <source>Too many open files in system</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>系统中打开的文件过多</translation>
    </message>
    <message>
        <source>Total</source>
        <translation>总量</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>流量</translation>
    </message>
    <message>
        <source>Traffic goes past Byway</source>
        <translation>流量绕过了 Byway</translation>
    </message>
    <message>
        <source>Traffic of the last two minutes</source>
        <translation>最近两分钟的流量</translation>
    </message>
    <message>
        <source>Transport endpoint is not connected</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>尚未连接</translation>
    </message>
    <message>
        <source>Trials</source>
        <translation>测试项</translation>
    </message>
    <message>
        <source>Tries this profile out, touching no real network: does anything leave by another way than the rules say?</source>
        <translation>试运行此配置文件，不触及任何真实网络：是否有内容不按规则离开？</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Trying… It takes a few seconds.</source>
        <translation>正在测试……需要几秒钟。</translation>
    </message>
    <message>
        <source>Turn &amp;off</source>
        <translation>关闭(&amp;O)</translation>
    </message>
    <message>
        <source>Turn &amp;on</source>
        <translation>开启(&amp;O)</translation>
    </message>
    <message>
        <source>Turn Byway &amp;on now</source>
        <translation>立即开启 Byway(&amp;O)</translation>
    </message>
    <message>
        <source>Turn it on</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>Turn off and on again for {keys} to take effect.</source>
        <translation>{keys} 在重新开启后生效。</translation>
    </message>
    <message>
        <source>Turn on or o&amp;ff</source>
        <translation>启用或停用(&amp;F)</translation>
    </message>
    <message>
        <source>Turned fake addresses off.</source>
        <translation>已关闭虚拟地址。</translation>
    </message>
    <message>
        <source>Turned fake addresses on.</source>
        <translation>已开启虚拟地址。</translation>
    </message>
    <message>
        <source>Turned off.</source>
        <translation>已停用。</translation>
    </message>
    <message>
        <source>Turning off…</source>
        <translation>正在关闭…</translation>
    </message>
    <message>
        <source>Turning on…</source>
        <translation>正在开启…</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>U&amp;p</source>
        <translation>上移(&amp;P)</translation>
    </message>
    <message>
        <source>UDP tr&amp;affic:</source>
        <translation>UDP 流量(&amp;A)：</translation>
    </message>
    <message>
        <source>UDP, as of calls and games, does not go through it: where it goes, your own address is seen.</source>
        <translation>UDP（如通话和游戏）不经过它：对方会看到您自己的地址。</translation>
    </message>
    <message>
        <source>UDP, as of calls and games, is refused at once; browsers go on with TCP.</source>
        <translation>UDP（如通话和游戏）会立即被拒绝；浏览器改用 TCP。</translation>
    </message>
    <message>
        <source>Un&amp;do clear</source>
        <translation>撤销清空(&amp;D)</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Undone: {what}</source>
        <translation>已撤销：{what}</translation>
    </message>
    <message>
        <source>Until then the local port works as always.</source>
        <translation>在此之前，本地端口照常可用。</translation>
    </message>
    <message>
        <source>Until then “Run a program…” and the local port work as always.</source>
        <translation>在此之前，“运行程序…”和本地端口照常可用。</translation>
    </message>
    <message>
        <source>Until you have logged in, no upstream is reached, and the page only shows if your rules send it directly.</source>
        <translation>登录之前无法连接任何上游，而且只有规则让登录页面直连时它才会显示。</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上传</translation>
    </message>
    <message>
        <source>Up/s</source>
        <translation>上传速度</translation>
    </message>
    <message>
        <source>Upstreams</source>
        <translation>上游</translation>
    </message>
    <message>
        <source>Use t&amp;his member</source>
        <translation>使用此成员(&amp;H)</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>使用者</translation>
    </message>
    <message>
        <source>VLAN</source>
        <translation>VLAN</translation>
    </message>
    <message>
        <source>VPN (WireGuard)</source>
        <translation>VPN (WireGuard)</translation>
    </message>
    <message>
        <source>VPN or TUN proxy</source>
        <translation>VPN 或 TUN 代理</translation>
    </message>
    <message>
        <source>VPN or virtual machine</source>
        <translation>VPN 或虚拟机</translation>
    </message>
    <message>
        <source>Waiting for the keyring: it may ask you to unlock it.</source>
        <translation>正在等待密钥环：可能需要您解锁。</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Warnings and errors</source>
        <translation>警告和错误</translation>
    </message>
    <message>
        <source>What Byway leaves alone of the clients on {lan} (bypassed networks, UDP, ping) does not pass this machine; the rest does.</source>
        <translation>{lan} 上的客户端中 Byway 不接管的流量（绕过的网段、UDP、ping）无法通过本机；其余的可以。</translation>
    </message>
    <message>
        <source>What clients send to these ports of this machine goes by the rules as well.</source>
        <translation>客户端发往本机这些端口的流量同样按规则处理。</translation>
    </message>
    <message>
        <source>What does not work</source>
        <translation>无法正常工作的部分</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>What hosts on {lan} send each other is shown to Byway&apos;s rules as if this machine routed it, and may be taken.</source>
        <translation>{lan} 上的主机之间的流量会像经本机转发一样经过 Byway 的规则，可能被接管。</translation>
    </message>
    <message>
        <source>What is shown</source>
        <translation>显示内容</translation>
    </message>
    <message>
        <source>What is written</source>
        <translation>写入的内容</translation>
    </message>
    <message>
        <source>What it is for</source>
        <translation>用途说明</translation>
    </message>
    <message>
        <source>What its {what} send is left alone; to take it too, name their bridge in machine.lan. Connections to them work as before.</source>
        <translation>它的 {what} 发出的流量不受影响；如果也要接管，请在 machine.lan 中写上它们的网桥。发往它们的连接照常工作。</translation>
    </message>
    <message>
        <source>What to do instead:</source>
        <translation>可改用以下方式：</translation>
    </message>
    <message>
        <source>When a program asks for a name, Byway asks the servers below, hands on the real address, and remembers the name, so that your rules and proxies get the name and not the address.</source>
        <translation>程序查询域名时，Byway 向下列服务器查询，返回真实地址，并记住域名，让规则和代理得到的是域名而不是地址。</translation>
    </message>
    <message>
        <source>Where it would go</source>
        <translation>测试结果</translation>
    </message>
    <message>
        <source>Where the password is kept</source>
        <translation>密码保存位置</translation>
    </message>
    <message>
        <source>Which names? One at least.</source>
        <translation>哪些域名？至少填写一个。</translation>
    </message>
    <message>
        <source>Which rule decided, and which nearly did</source>
        <translation>哪条规则决定了去向，哪些接近匹配</translation>
    </message>
    <message>
        <source>While Byway is away, what it would have taken is refused and never goes directly.</source>
        <translation>Byway 不在运行时，本应由它接管的流量一律拒绝，绝不直连。</translation>
    </message>
    <message>
        <source>While Byway runs, some of what it takes goes by these instead, past your rules, or is dropped. The kernel asks them before Byway&apos;s own (from {first} on).</source>
        <translation>Byway 运行时，它应接管的部分流量会改走这些规则，绕过你的规则，或被丢弃。内核先查它们，再查 Byway 自己的规则（从 {first} 起）。</translation>
    </message>
    <message>
        <source>While Byway runs, what it takes goes by these instead, past your rules, or is dropped. The kernel asks them before Byway&apos;s own (from {first} on).</source>
        <translation>Byway 运行时，它应接管的流量会改走这些规则，绕过你的规则，或被丢弃。内核先查它们，再查 Byway 自己的规则（从 {first} 起）。</translation>
    </message>
    <message>
        <source>Whole machine</source>
        <translation>整机</translation>
    </message>
    <message>
        <source>Whose connections</source>
        <translation>接管谁的连接</translation>
    </message>
    <message>
        <source>Why it ended</source>
        <translation>结束原因</translation>
    </message>
    <message>
        <source>Wi-Fi</source>
        <translation>Wi-Fi</translation>
    </message>
    <message>
        <source>Works through</source>
        <translation>工作方式</translation>
    </message>
    <message>
        <source>Wrong user name or password.</source>
        <translation>用户名或密码错误。</translation>
    </message>
    <message>
        <source>You choose a member, here or in the tray&apos;s menu; all connections take it until you choose another one.</source>
        <translation>由您在此处或托盘菜单中选择成员；在您另选之前，所有连接都使用它。</translation>
    </message>
    <message>
        <source>You may not do that here. An administrator can allow it.</source>
        <translation>您没有执行此操作的权限。管理员可以授权。</translation>
    </message>
    <message>
        <source>Your changes are not saved yet.</source>
        <translation>您的更改尚未保存。</translation>
    </message>
    <message>
        <source>Your changes are not saved. Cancel again to drop them.</source>
        <translation>您的更改尚未保存。再次取消将放弃更改。</translation>
    </message>
    <message>
        <source>Your choice</source>
        <translation>由您选择</translation>
    </message>
    <message>
        <source>Your desktop&apos;s keyring keeps it; the profile only says which entry it is.</source>
        <translation>由桌面的密钥环保存；配置文件只记录条目名称。</translation>
    </message>
    <message>
        <source>Your profile has been made.</source>
        <translation>已创建您的配置文件。</translation>
    </message>
    <message>
        <source>Your profile is {file}.</source>
        <translation>您的配置文件是 {file}。</translation>
    </message>
    <message>
        <source>Your profile will be {file}. Everything in it can be changed later.</source>
        <translation>您的配置文件将是 {file}。其中的所有内容以后都可更改。</translation>
    </message>
    <message>
        <source>Your rules are not applied to it now: Byway&apos;s routing rule or its table are not as Byway has made them.</source>
        <translation>现在规则对它不起作用：Byway 的路由规则或路由表已不是 Byway 创建时的样子。</translation>
    </message>
    <message>
        <source>Your rules. The first one that fits a connection decides:</source>
        <translation>您的规则。以第一条匹配的规则为准：</translation>
    </message>
    <message>
        <source>[&quot;{system}&quot;] alone, or addresses</source>
        <translation>只写 [&quot;{system}&quot;]，或写地址</translation>
    </message>
    <message>
        <source>[dns] of the profile names {servers}, which is on this machine: its own questions would come back to it. Without dns.servers each question goes to the server that its program has asked.</source>
        <translation>配置文件的 [dns] 写了本机的 {servers}：它自己的查询会回到它自己。没有 dns.servers 时，每个查询发往程序所问的服务器。</translation>
    </message>
    <message>
        <source>`byway up` cannot reach its helper.</source>
        <translation>`byway up` 无法连接助手程序。</translation>
    </message>
    <message>
        <source>`byway up` cannot reach its helper. `byway run -- PROGRAM` needs none.</source>
        <translation>`byway up` 无法连接助手程序。`byway run -- PROGRAM` 不需要助手程序。</translation>
    </message>
    <message>
        <source>`byway up` is not in force (yet): try again when it is</source>
        <translation>`byway up` 尚未生效：请在它生效后重试</translation>
    </message>
    <message>
        <source>`byway up` is refused: nobody could say whether you may.</source>
        <translation>`byway up` 会被拒绝：没有程序能判断你是否有权限。</translation>
    </message>
    <message>
        <source>a Flatpak sees no processes, services or files of the machine</source>
        <translation>Flatpak 看不到本机的进程、服务和文件</translation>
    </message>
    <message>
        <source>a NUL in {key}</source>
        <translation>{key} 中有 NUL 字符</translation>
    </message>
    <message>
        <source>a SOCKS or HTTP upstream</source>
        <translation>SOCKS 或 HTTP 上游</translation>
    </message>
    <message>
        <source>a SOCKS4 server</source>
        <translation>SOCKS4 服务器</translation>
    </message>
    <message>
        <source>a SOCKS5 server</source>
        <translation>SOCKS5 服务器</translation>
    </message>
    <message>
        <source>a TLS server</source>
        <translation>TLS 服务器</translation>
    </message>
    <message>
        <source>a VNC server</source>
        <translation>VNC 服务器</translation>
    </message>
    <message>
        <source>a boolean</source>
        <translation>布尔值</translation>
    </message>
    <message>
        <source>a colon in the user name, where HTTP puts the password (RFC 7617)</source>
        <translation>用户名中有冒号，而 HTTP 在冒号之后写密码（RFC 7617）</translation>
    </message>
    <message>
        <source>a comma and the target</source>
        <translation>逗号和目标</translation>
    </message>
    <message>
        <source>a control character in the user name</source>
        <translation>用户名中有控制字符</translation>
    </message>
    <message>
        <source>a date or time</source>
        <translation>日期或时间</translation>
    </message>
    <message>
        <source>a dot with no name between it and the next</source>
        <translation>两个点之间没有名称</translation>
    </message>
    <message>
        <source>a file saved as UTF-8</source>
        <translation>以 UTF-8 保存的文件</translation>
    </message>
    <message>
        <source>a flatter condition</source>
        <translation>嵌套更少的条件</translation>
    </message>
    <message>
        <source>a flow that cannot be read: {error}</source>
        <translation>无法读取的连接：{error}</translation>
    </message>
    <message>
        <source>a folder is no program</source>
        <translation>文件夹不是程序</translation>
    </message>
    <message>
        <source>a graphical session, and no agent that Byway knows</source>
        <translation>图形会话，没有 Byway 认得的代理程序</translation>
    </message>
    <message>
        <source>a greeting that cannot be read: {error}</source>
        <translation>无法读取的问候：{error}</translation>
    </message>
    <message>
        <source>a group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>a group of SOCKS and HTTP upstreams</source>
        <translation>由 SOCKS 和 HTTP 上游组成的分组</translation>
    </message>
    <message>
        <source>a header field is malformed</source>
        <translation>头字段格式错误</translation>
    </message>
    <message>
        <source>a host and a port, as in &quot;www.example.com:443&quot;</source>
        <translation>主机和端口，例如 &quot;www.example.com:443&quot;</translation>
    </message>
    <message>
        <source>a host name</source>
        <translation>主机名</translation>
    </message>
    <message>
        <source>a host name or an address, as in proxy.example.net or 192.0.2.1</source>
        <translation>主机名或地址，例如 proxy.example.net 或 192.0.2.1</translation>
    </message>
    <message>
        <source>a host name, as in www.example.com</source>
        <translation>主机名，例如 www.example.com</translation>
    </message>
    <message>
        <source>a host, an address or a URL</source>
        <translation>主机、地址或 URL</translation>
    </message>
    <message>
        <source>a keyword has no wildcards: it is found anywhere in a name as it is</source>
        <translation>关键字没有通配符：它按原样在名称中的任何位置查找</translation>
    </message>
    <message>
        <source>a line without an end</source>
        <translation>没有结尾的行</translation>
    </message>
    <message>
        <source>a list</source>
        <translation>列表</translation>
    </message>
    <message>
        <source>a list of other things</source>
        <translation>含有其他内容的列表</translation>
    </message>
    <message>
        <source>a list of ports from 1024 to 65535, which need no privilege, as in [50080]</source>
        <translation>1024 到 65535 之间不需要特权的端口列表，例如 [50080]</translation>
    </message>
    <message>
        <source>a list of rules, as in [&quot;DOMAIN-SUFFIX,corp.example,corp&quot;]</source>
        <translation>规则列表，例如 [&quot;DOMAIN-SUFFIX,corp.example,corp&quot;]</translation>
    </message>
    <message>
        <source>a list of rules, as in [&quot;DOMAIN-SUFFIX,example.com,DIRECT&quot;]</source>
        <translation>规则列表，例如 [&quot;DOMAIN-SUFFIX,example.com,DIRECT&quot;]</translation>
    </message>
    <message>
        <source>a list of {expected}</source>
        <translation>列表，内容为 {expected}</translation>
    </message>
    <message>
        <source>a list, as in [&quot;MATCH,DIRECT&quot;]</source>
        <translation>列表，例如 [&quot;MATCH,DIRECT&quot;]</translation>
    </message>
    <message>
        <source>a mail or FTP server</source>
        <translation>邮件或 FTP 服务器</translation>
    </message>
    <message>
        <source>a member is {type}</source>
        <translation>有一个成员是 {type}</translation>
    </message>
    <message>
        <source>a message must be a JSON object</source>
        <translation>消息必须是 JSON 对象</translation>
    </message>
    <message>
        <source>a name for the rules, as in office</source>
        <translation>供规则使用的名称，例如 office</translation>
    </message>
    <message>
        <source>a name has no / in it</source>
        <translation>名称中不能有 /</translation>
    </message>
    <message>
        <source>a name in a rule cannot have commas, line breaks, or blanks at its ends</source>
        <translation>规则中的名称不能有逗号、换行，首尾不能有空格</translation>
    </message>
    <message>
        <source>a name in server, as in tls://dns.example</source>
        <translation>server 中写名称，例如 tls://dns.example</translation>
    </message>
    <message>
        <source>a name of {n} characters is longer than any can be</source>
        <translation>{n} 个字符的名称过长</translation>
    </message>
    <message>
        <source>a name or an address, without the port</source>
        <translation>域名或地址，不含端口</translation>
    </message>
    <message>
        <source>a name without colons or control characters</source>
        <translation>不含冒号和控制字符的名称</translation>
    </message>
    <message>
        <source>a network without the internet</source>
        <translation>网络没有连到互联网</translation>
    </message>
    <message>
        <source>a number from 0</source>
        <translation>不小于 0 的数字</translation>
    </message>
    <message>
        <source>a number from 0 to {size}</source>
        <translation>0 到 {size} 之间的数字</translation>
    </message>
    <message>
        <source>a number with a fraction</source>
        <translation>小数</translation>
    </message>
    <message>
        <source>a part of a host name, as in google</source>
        <translation>主机名的一部分，例如 google</translation>
    </message>
    <message>
        <source>a password does not come from {name}</source>
        <translation>密码不能来自 {name}</translation>
    </message>
    <message>
        <source>a password has one source</source>
        <translation>密码要有一个来源</translation>
    </message>
    <message>
        <source>a password has one source, not several</source>
        <translation>密码只能有一个来源，不能有多个</translation>
    </message>
    <message>
        <source>a password is needed, and no polkit agent could ask</source>
        <translation>需要密码，但没有 polkit 代理可以询问</translation>
    </message>
    <message>
        <source>a password without a user name</source>
        <translation>有密码而没有用户名</translation>
    </message>
    <message>
        <source>a path begins with /</source>
        <translation>路径以 / 开头</translation>
    </message>
    <message>
        <source>a pattern, as in *.example.com</source>
        <translation>通配模式，例如 *.example.com</translation>
    </message>
    <message>
        <source>a pattern, as in {sample}</source>
        <translation>通配模式，例如 {sample}</translation>
    </message>
    <message>
        <source>a port from 1 to 65535</source>
        <translation>1 到 65535 之间的端口</translation>
    </message>
    <message>
        <source>a profile of version {version} is for a newer Byway</source>
        <translation>版本 {version} 的配置文件适用于更新的 Byway</translation>
    </message>
    <message>
        <source>a program&apos;s name, as in firefox</source>
        <translation>程序名称，例如 firefox</translation>
    </message>
    <message>
        <source>a question has a name, and neither port nor address</source>
        <translation>查询只有名称，没有端口和地址</translation>
    </message>
    <message>
        <source>a regular expression, as in ^/opt/.*/app$</source>
        <translation>正则表达式，例如 ^/opt/.*/app$</translation>
    </message>
    <message>
        <source>a regular expression, as in ^ads?\.example\.com$</source>
        <translation>正则表达式，例如 ^ads?\.example\.com$</translation>
    </message>
    <message>
        <source>a regular expression, as in ^fire(fox|bird)$</source>
        <translation>正则表达式，例如 ^fire(fox|bird)$</translation>
    </message>
    <message>
        <source>a repetition of a repetition takes endless time on some names</source>
        <translation>重复中嵌套重复，遇到某些名称会耗时极长</translation>
    </message>
    <message>
        <source>a request is longer than {n} bytes</source>
        <translation>请求超过 {n} 字节</translation>
    </message>
    <message>
        <source>a request needs a &quot;method&quot;</source>
        <translation>请求需要 &quot;method&quot;</translation>
    </message>
    <message>
        <source>a request needs an &quot;id&quot;, a number or a text</source>
        <translation>请求需要 &quot;id&quot;，为数字或文本</translation>
    </message>
    <message>
        <source>a resolver</source>
        <translation>解析器</translation>
    </message>
    <message>
        <source>a rule of {n} characters</source>
        <translation>规则有 {n} 个字符</translation>
    </message>
    <message>
        <source>a rule says resolve: {host} is looked up first, which may change it</source>
        <translation>有规则要求 resolve：会先解析 {host}，结果可能改变</translation>
    </message>
    <message>
        <source>a server is {type}</source>
        <translation>有一项服务器是 {type}</translation>
    </message>
    <message>
        <source>a service is no proxy: nobody tells it an account</source>
        <translation>服务不是代理：没有账户可以告诉它</translation>
    </message>
    <message>
        <source>a service leads to no DNS server</source>
        <translation>服务不通往任何 DNS 服务器</translation>
    </message>
    <message>
        <source>a session over SSH, and no agent that Byway knows</source>
        <translation>SSH 会话，没有 Byway 认得的代理程序</translation>
    </message>
    <message>
        <source>a status that cannot be read: {error}</source>
        <translation>无法读取的状态：{error}</translation>
    </message>
    <message>
        <source>a string</source>
        <translation>字符串</translation>
    </message>
    <message>
        <source>a string that is not empty</source>
        <translation>非空字符串</translation>
    </message>
    <message>
        <source>a table</source>
        <translation>表</translation>
    </message>
    <message>
        <source>a table for each</source>
        <translation>每个上游一张表</translation>
    </message>
    <message>
        <source>a text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>a user name without a password</source>
        <translation>有用户名而没有密码</translation>
    </message>
    <message>
        <source>a user name without colons</source>
        <translation>不含冒号的用户名</translation>
    </message>
    <message>
        <source>a username and password are needed here</source>
        <translation>这里需要用户名和密码</translation>
    </message>
    <message>
        <source>a web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>a whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>a whole number from 1 to 65535</source>
        <translation>1 到 65535 之间的整数</translation>
    </message>
    <message>
        <source>a whole number from {low} to {high}</source>
        <translation>{low} 到 {high} 之间的整数</translation>
    </message>
    <message>
        <source>a worker process does not answer</source>
        <translation>有工作进程没有响应</translation>
    </message>
    <message>
        <source>a {kind} group is tested when its user asks for it only</source>
        <translation>{kind} 分组只在用户要求时才测试</translation>
    </message>
    <message>
        <source>address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>address only</source>
        <translation>仅地址</translation>
    </message>
    <message>
        <source>an HTTP proxy</source>
        <translation>HTTP 代理</translation>
    </message>
    <message>
        <source>an HTTP server</source>
        <translation>HTTP 服务器</translation>
    </message>
    <message>
        <source>an SSH server</source>
        <translation>SSH 服务器</translation>
    </message>
    <message>
        <source>an address is no name</source>
        <translation>地址不是名称</translation>
    </message>
    <message>
        <source>an address is no name, so this never matches</source>
        <translation>地址不是名称，因此永远不会匹配</translation>
    </message>
    <message>
        <source>an address or a network, as in 192.168.0.0/16 or fd00::/8</source>
        <translation>地址或网段，例如 192.168.0.0/16 或 fd00::/8</translation>
    </message>
    <message>
        <source>an address, as in &quot;192.0.2.1&quot;</source>
        <translation>地址，例如 &quot;192.0.2.1&quot;</translation>
    </message>
    <message>
        <source>an address, as in &quot;192.0.2.1&quot;, or a list of them</source>
        <translation>地址，例如 &quot;192.0.2.1&quot;，或地址列表</translation>
    </message>
    <message>
        <source>an answer that cannot be read: {error}</source>
        <translation>无法读取的回答：{error}</translation>
    </message>
    <message>
        <source>an empty answer</source>
        <translation>应答为空</translation>
    </message>
    <message>
        <source>an empty option</source>
        <translation>选项为空</translation>
    </message>
    <message>
        <source>an empty rule</source>
        <translation>规则为空</translation>
    </message>
    <message>
        <source>an error in Byway itself, which its log describes</source>
        <translation>Byway 自身出错，详见日志</translation>
    </message>
    <message>
        <source>an error of Byway&apos;s own: {error}</source>
        <translation>Byway 自身出错：{error}</translation>
    </message>
    <message>
        <source>an upstream</source>
        <translation>上游</translation>
    </message>
    <message>
        <source>an upstream&apos;s name</source>
        <translation>上游的名称</translation>
    </message>
    <message>
        <source>and {n} more</source>
        <translation>以及另外 {n} 个</translation>
    </message>
    <message>
        <source>and {n} more: `byway check` has them</source>
        <translation>以及另外 {n} 个：用 `byway check` 查看</translation>
    </message>
    <message>
        <source>another kind</source>
        <translation>其他类型</translation>
    </message>
    <message>
        <source>another program has the machine&apos;s traffic already</source>
        <translation>另一个程序已经接管本机流量</translation>
    </message>
    <message>
        <source>any application</source>
        <translation>任意应用程序</translation>
    </message>
    <message>
        <source>asked in clear of {servers}</source>
        <translation>以明文向 {servers} 查询</translation>
    </message>
    <message>
        <source>asked of nobody in clear</source>
        <translation>未以明文查询</translation>
    </message>
    <message>
        <source>at least one character (RFC 1929)</source>
        <translation>至少一个字符（RFC 1929）</translation>
    </message>
    <message>
        <source>at most {most}</source>
        <translation>最多 {most}</translation>
    </message>
    <message>
        <source>at most {most} bytes</source>
        <translation>最多 {most} 字节</translation>
    </message>
    <message>
        <source>at most {most}, and one rule a line</source>
        <translation>最多 {most} 个，每行一条规则</translation>
    </message>
    <message>
        <source>at {address}</source>
        <translation>位于 {address}</translation>
    </message>
    <message>
        <source>authentication refused: identd and the user id differ</source>
        <translation>认证被拒绝：identd 与用户标识不一致</translation>
    </message>
    <message>
        <source>authentication refused: the proxy does not accept this login ({said})</source>
        <translation>认证被拒绝：代理不接受该登录（{said}）</translation>
    </message>
    <message>
        <source>authentication refused: the proxy does not accept this username and password</source>
        <translation>认证被拒绝：代理不接受该用户名和密码</translation>
    </message>
    <message>
        <source>authentication refused: the proxy takes {offered} only, not Basic</source>
        <translation>认证被拒绝：代理只接受 {offered}，不接受 Basic</translation>
    </message>
    <message>
        <source>authentication refused: the server does not accept this username and password</source>
        <translation>认证被拒绝：服务器不接受该用户名和密码</translation>
    </message>
    <message>
        <source>both or none</source>
        <translation>两者都有或都没有</translation>
    </message>
    <message>
        <source>breaks HTTP/2: {error}</source>
        <translation>违反 HTTP/2：{error}</translation>
    </message>
    <message>
        <source>bridge: virtual machines, containers, or ports put together</source>
        <translation>网桥：虚拟机、容器或合并的端口</translation>
    </message>
    <message>
        <source>by destination</source>
        <translation>按目标而定</translation>
    </message>
    <message>
        <source>byte 0x{code} is not UTF-8</source>
        <translation>字节 0x{code} 不是 UTF-8</translation>
    </message>
    <message>
        <source>certificate has expired</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>证书已过期</translation>
    </message>
    <message>
        <source>certificate is not yet valid</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>证书尚未生效</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>closed by both sides</source>
        <translation>双方已关闭</translation>
    </message>
    <message>
        <source>closed by the user</source>
        <translation>由用户关闭</translation>
    </message>
    <message>
        <source>closed without an answer</source>
        <translation>没有应答就关闭了连接</translation>
    </message>
    <message>
        <source>command not supported</source>
        <translation>不支持该命令</translation>
    </message>
    <message>
        <source>conditions in parentheses, as in ((NETWORK,UDP),(DST-PORT,443))</source>
        <translation>括号中的条件，例如 ((NETWORK,UDP),(DST-PORT,443))</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>containers</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>contains “{words}”</source>
        <translation>包含“{words}”</translation>
    </message>
    <message>
        <source>decided by rule {index} of {count}: {text}</source>
        <translation>由第 {index} 条规则（共 {count} 条）决定：{text}</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>directly</source>
        <translation>直连</translation>
    </message>
    <message>
        <source>directly, past {upstream}: udp = &quot;direct&quot;</source>
        <translation>直连，绕过 {upstream}：udp = &quot;direct&quot;</translation>
    </message>
    <message>
        <source>directly, without a proxy (DIRECT)</source>
        <translation>直连，不用代理 (DIRECT)</translation>
    </message>
    <message>
        <source>directly, without an upstream</source>
        <translation>直连，不经过上游</translation>
    </message>
    <message>
        <source>disabled, and not a rule as it stands: {message}</source>
        <translation>已停用，而且照现在的写法不是规则：{message}</translation>
    </message>
    <message>
        <source>dns is {type}</source>
        <translation>dns 是 {type}</translation>
    </message>
    <message>
        <source>dns.servers for all the rest</source>
        <translation>其余的用 dns.servers</translation>
    </message>
    <message>
        <source>does not work</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>each member once</source>
        <translation>每个成员只出现一次</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>ends the HTTP connection</source>
        <translation>结束了 HTTP 连接</translation>
    </message>
    <message>
        <source>every part holds but {part}</source>
        <translation>除 {part} 外所有部分都成立</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>所有流量</translation>
    </message>
    <message>
        <source>everything leaves by interface {name}</source>
        <translation>所有流量从接口 {name} 出去</translation>
    </message>
    <message>
        <source>expected {what}</source>
        <translation>应为 {what}</translation>
    </message>
    <message>
        <source>fake address</source>
        <translation>虚拟地址</translation>
    </message>
    <message>
        <source>fake addresses will not outlive this engine: {folder}: {why}</source>
        <translation>此引擎结束后虚拟地址不会保留：{folder}：{why}</translation>
    </message>
    <message>
        <source>fake addresses will not outlive this engine: {why}</source>
        <translation>此引擎结束后虚拟地址不会保留：{why}</translation>
    </message>
    <message>
        <source>for example: *.example.com or +.example.net</source>
        <translation>例如：*.example.com 或 +.example.net</translation>
    </message>
    <message>
        <source>for example: 192.0.2.1, tls://dns.example or https://dns.example/dns-query</source>
        <translation>例如：192.0.2.1、tls://dns.example 或 https://dns.example/dns-query</translation>
    </message>
    <message>
        <source>for example: 192.168.1.2; several with commas</source>
        <translation>例如：192.168.1.2；多个地址用逗号分隔</translation>
    </message>
    <message>
        <source>for example: 50080, 50443</source>
        <translation>例如：50080, 50443</translation>
    </message>
    <message>
        <source>for example: curl https://example.com</source>
        <translation>例如：curl https://example.com</translation>
    </message>
    <message>
        <source>for example: firefox or /opt/app/*; several with commas</source>
        <translation>例如：firefox 或 /opt/app/*；多个程序用逗号分隔</translation>
    </message>
    <message>
        <source>for example: nas.lan</source>
        <translation>例如：nas.lan</translation>
    </message>
    <message>
        <source>fro&amp;m</source>
        <comment>an application</comment>
        <translation>来自(&amp;M)</translation>
    </message>
    <message>
        <source>from {source}</source>
        <translation>来自 {source}</translation>
    </message>
    <message>
        <source>general is {type}</source>
        <translation>general 是 {type}</translation>
    </message>
    <message>
        <source>general.mixed_port: port {port} of {address}: {strerror}</source>
        <translation>general.mixed_port：{address} 的端口 {port}：{strerror}</translation>
    </message>
    <message>
        <source>group is {type}</source>
        <translation>group 是 {type}</translation>
    </message>
    <message>
        <source>groups that do not lead back</source>
        <translation>不会绕回自身的分组</translation>
    </message>
    <message>
        <source>half a character, which no file can hold</source>
        <translation>半个字符，无法写入文件</translation>
    </message>
    <message>
        <source>host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>hosts is {type}</source>
        <translation>hosts 是 {type}</translation>
    </message>
    <message>
        <source>in the pattern: {why}</source>
        <translation>模式有误：{why}</translation>
    </message>
    <message>
        <source>interface {name}</source>
        <translation>接口 {name}</translation>
    </message>
    <message>
        <source>it does not answer</source>
        <translation>没有响应</translation>
    </message>
    <message>
        <source>it does not say why</source>
        <translation>未说明原因</translation>
    </message>
    <message>
        <source>it does not speak {protocol}, which is needed</source>
        <translation>它不支持必需的 {protocol}</translation>
    </message>
    <message>
        <source>it gave no reason (general failure)</source>
        <translation>没有给出原因（一般性故障）</translation>
    </message>
    <message>
        <source>it has said nothing</source>
        <translation>没有输出</translation>
    </message>
    <message>
        <source>it holds because no {lacking} is known</source>
        <translation>因为不知道 {lacking}，所以成立</translation>
    </message>
    <message>
        <source>it is about {name}, which is below {host}</source>
        <translation>它针对的是 {host} 之下的 {name}</translation>
    </message>
    <message>
        <source>it is not kept for the next start: {error}</source>
        <translation>下次启动时不会保留：{error}</translation>
    </message>
    <message>
        <source>it is not on the system bus, nor could be started</source>
        <translation>它不在系统总线上，也无法启动</translation>
    </message>
    <message>
        <source>it is of Byway {version} and speaks protocol {theirs}, this one speaks {ours}: end it, and start it again from this Byway</source>
        <translation>它属于 Byway {version}，使用协议 {theirs}，而这个使用 {ours}：请结束它，再用这个 Byway 重新启动</translation>
    </message>
    <message>
        <source>it is on the system bus</source>
        <translation>它在系统总线上</translation>
    </message>
    <message>
        <source>it is switched off</source>
        <translation>已关闭</translation>
    </message>
    <message>
        <source>it is switched off on lo, and on elsewhere</source>
        <translation>在 lo 上已关闭，在其他接口上开启</translation>
    </message>
    <message>
        <source>it matches, but is disabled</source>
        <translation>匹配，但已停用</translation>
    </message>
    <message>
        <source>it was right, and has been taken back: {error}</source>
        <translation>内容无误，但已撤回：{error}</translation>
    </message>
    <message>
        <source>its QUIC name cannot be read, and a rule asks for it: over TCP it is told</source>
        <translation>无法读取其 QUIC 名称，而有规则需要它：改用 TCP 就能得知</translation>
    </message>
    <message>
        <source>its certificate is not accepted: {why}</source>
        <translation>其证书不被接受：{why}</translation>
    </message>
    <message>
        <source>its engine has ended</source>
        <translation>引擎已结束</translation>
    </message>
    <message>
        <source>its port for datagrams</source>
        <translation>其数据报端口</translation>
    </message>
    <message>
        <source>its rules forbid it</source>
        <translation>其规则禁止</translation>
    </message>
    <message>
        <source>lan_ports is {what}</source>
        <translation>lan_ports 是 {what}</translation>
    </message>
    <message>
        <source>lan_ports without lan: there is no interface to open them on</source>
        <translation>有 lan_ports 而没有 lan：没有可以打开端口的接口</translation>
    </message>
    <message>
        <source>line {line}, column {column}:</source>
        <translation>第 {line} 行第 {column} 列：</translation>
    </message>
    <message>
        <source>lists or tables are nested too deeply</source>
        <translation>列表或表嵌套过深</translation>
    </message>
    <message>
        <source>longer than a name can be ({max_label} characters a label, {max_name} in all)</source>
        <translation>名称过长（每段最多 {max_label} 个字符，总共 {max_name} 个）</translation>
    </message>
    <message>
        <source>looked up</source>
        <translation>自动查询</translation>
    </message>
    <message>
        <source>looking for a name</source>
        <translation>正在识别域名</translation>
    </message>
    <message>
        <source>machine is {type}</source>
        <translation>machine 是 {type}</translation>
    </message>
    <message>
        <source>machine.lan: this machine has no interface {names}; it has {others}</source>
        <translation>machine.lan：本机没有接口 {names}；现有 {others}</translation>
    </message>
    <message>
        <source>many HTTP proxies open tunnels to port 443 only</source>
        <translation>许多 HTTP 代理只允许到 443 端口的隧道</translation>
    </message>
    <message>
        <source>mobile network</source>
        <translation>移动网络</translation>
    </message>
    <message>
        <source>more than {n} levels</source>
        <translation>超过 {n} 层</translation>
    </message>
    <message>
        <source>ms</source>
        <comment>milliseconds</comment>
        <translation>毫秒</translation>
    </message>
    <message>
        <source>name</source>
        <translation>域名</translation>
    </message>
    <message>
        <source>name, server and port</source>
        <translation>name、server 和 port</translation>
    </message>
    <message>
        <source>names and patterns, as in [&quot;*.example.com&quot;, &quot;+.example.net&quot;]</source>
        <translation>域名和通配符的列表，例如 [&quot;*.example.com&quot;, &quot;+.example.net&quot;]</translation>
    </message>
    <message>
        <source>names of interfaces, as in [&quot;br0&quot;]</source>
        <translation>接口名称，例如 [&quot;br0&quot;]</translation>
    </message>
    <message>
        <source>names of upstreams, as in [&quot;office&quot;, &quot;home&quot;]</source>
        <translation>上游的名称，例如 [&quot;office&quot;, &quot;home&quot;]</translation>
    </message>
    <message>
        <source>nearest valid form: {what}</source>
        <translation>最接近的有效写法：{what}</translation>
    </message>
    <message>
        <source>needs {facts}</source>
        <translation>需要 {facts}</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>network card</source>
        <translation>网卡</translation>
    </message>
    <message>
        <source>networks, as in &quot;10.0.0.0/8&quot; or &quot;fd00::/8&quot;, or &quot;{private}&quot;</source>
        <translation>网段，例如 &quot;10.0.0.0/8&quot; 或 &quot;fd00::/8&quot;，或者 &quot;{private}&quot;</translation>
    </message>
    <message>
        <source>never decides: rule {earlier}, {text}, comes first</source>
        <translation>永远不起作用：第 {earlier} 条规则 {text} 在它之前</translation>
    </message>
    <message>
        <source>never reached: rule {last}, {text}, takes everything before it</source>
        <translation>永远到不了：第 {last} 条规则 {text} 在它之前匹配一切</translation>
    </message>
    <message>
        <source>no DNS at this path</source>
        <translation>此路径没有 DNS 服务</translation>
    </message>
    <message>
        <source>no DNS server gave an answer</source>
        <translation>没有 DNS 服务器给出回答</translation>
    </message>
    <message>
        <source>no HTTP client can send this name</source>
        <translation>HTTP 客户端无法发送该名称</translation>
    </message>
    <message>
        <source>no MATCH at the end: what no rule matches goes DIRECT</source>
        <translation>末尾没有 MATCH：没有规则匹配的流量会直连</translation>
    </message>
    <message>
        <source>no TLS with it: {why}</source>
        <translation>无法与它建立 TLS：{why}</translation>
    </message>
    <message>
        <source>no address</source>
        <translation>没有地址</translation>
    </message>
    <message>
        <source>no address of {host} was found</source>
        <translation>没有找到 {host} 的地址</translation>
    </message>
    <message>
        <source>no answer</source>
        <translation>没有应答</translation>
    </message>
    <message>
        <source>no answer within {n} s</source>
        <translation>{n} 秒内没有应答</translation>
    </message>
    <message>
        <source>no conversation within {n} s</source>
        <translation>{n} 秒内没有建立会话</translation>
    </message>
    <message>
        <source>no graphical session, and no agent that Byway knows</source>
        <translation>没有图形会话，也没有 Byway 认得的代理程序</translation>
    </message>
    <message>
        <source>no interval</source>
        <translation>不写 interval</translation>
    </message>
    <message>
        <source>no member of {group} is alive</source>
        <translation>{group} 没有可用的成员</translation>
    </message>
    <message>
        <source>no member of {group} is alive: {troubles}</source>
        <translation>{group} 没有可用的成员：{troubles}</translation>
    </message>
    <message>
        <source>no network</source>
        <translation>没有网络</translation>
    </message>
    <message>
        <source>no option</source>
        <translation>没有选项</translation>
    </message>
    <message>
        <source>no rule</source>
        <translation>无规则</translation>
    </message>
    <message>
        <source>no rule matched</source>
        <translation>未匹配任何规则</translation>
    </message>
    <message>
        <source>no rule matches; the default is DIRECT</source>
        <translation>没有规则匹配；默认为 DIRECT</translation>
    </message>
    <message>
        <source>no rule of dns.rules names the resolver {name}</source>
        <translation>dns.rules 中没有规则使用解析器 {name}</translation>
    </message>
    <message>
        <source>no system bus: {error}</source>
        <translation>没有系统总线：{error}</translation>
    </message>
    <message>
        <source>no tolerance</source>
        <translation>不写 tolerance</translation>
    </message>
    <message>
        <source>no-resolve says nothing here: {name} compares no address</source>
        <translation>no-resolve 在这里没有意义：{name} 不比较地址</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>none works</source>
        <translation>都不可用</translation>
    </message>
    <message>
        <source>not TOML: {msg}</source>
        <translation>不是 TOML：{msg}</translation>
    </message>
    <message>
        <source>not a SOCKS5 authentication message</source>
        <translation>不是 SOCKS5 认证消息</translation>
    </message>
    <message>
        <source>not a SOCKS5 request</source>
        <translation>不是 SOCKS5 请求</translation>
    </message>
    <message>
        <source>not a host name</source>
        <translation>不是主机名</translation>
    </message>
    <message>
        <source>not a host name, or no port</source>
        <translation>不是主机名，或没有端口</translation>
    </message>
    <message>
        <source>not a host name: {error}</source>
        <translation>不是主机名：{error}</translation>
    </message>
    <message>
        <source>not a regular file</source>
        <translation>不是普通文件</translation>
    </message>
    <message>
        <source>not a rule: it has no comma</source>
        <translation>不是规则：没有逗号</translation>
    </message>
    <message>
        <source>not decided yet</source>
        <translation>尚未决定</translation>
    </message>
    <message>
        <source>not known</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>not known: only the address is</source>
        <translation>未知：只知道地址</translation>
    </message>
    <message>
        <source>not known: the upstream looks the name up</source>
        <translation>未知：由上游解析域名</translation>
    </message>
    <message>
        <source>not on this machine now</source>
        <translation>目前不在本机上</translation>
    </message>
    <message>
        <source>not reached within {n} s</source>
        <translation>{n} 秒内无法到达</translation>
    </message>
    <message>
        <source>not such a list</source>
        <translation>不符合要求的列表</translation>
    </message>
    <message>
        <source>not tested yet</source>
        <translation>尚未测试</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>空白</translation>
    </message>
    <message>
        <source>nothing is said of what its members are timed with</source>
        <translation>没有说明用什么来测量其成员的速度</translation>
    </message>
    <message>
        <source>now</source>
        <translation>现在</translation>
    </message>
    <message>
        <source>nowhere: refused</source>
        <translation>拒绝</translation>
    </message>
    <message>
        <source>nowhere: they are refused (REJECT)</source>
        <translation>拒绝 (REJECT)</translation>
    </message>
    <message>
        <source>numbers, as in 1000 or 0/1000-1999; `id` tells yours</source>
        <translation>数字，例如 1000 或 0/1000-1999；用 `id` 查看自己的</translation>
    </message>
    <message>
        <source>off</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>on</source>
        <translation>已启用</translation>
    </message>
    <message>
        <source>on the proxy port: {why}</source>
        <translation>在代理端口上：{why}</translation>
    </message>
    <message>
        <source>one line</source>
        <translation>一行</translation>
    </message>
    <message>
        <source>one of them</source>
        <translation>其中之一</translation>
    </message>
    <message>
        <source>one of {choices}</source>
        <translation>{choices} 之一</translation>
    </message>
    <message>
        <source>only CONNECT is served here</source>
        <translation>这里只支持 CONNECT</translation>
    </message>
    <message>
        <source>only HTTP/1 is spoken here</source>
        <translation>这里只支持 HTTP/1</translation>
    </message>
    <message>
        <source>only a url-test group chooses by time</source>
        <translation>只有 url-test 分组按用时选择</translation>
    </message>
    <message>
        <source>only http:// is served so; for others use CONNECT</source>
        <translation>这种方式只支持 http://；其他请用 CONNECT</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>other programs&apos; datagrams needed its place</source>
        <translation>让位给其他程序的数据报</translation>
    </message>
    <message>
        <source>out of memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>password = { env = &quot;NAME&quot; }, or password = &quot;&quot; for an empty one</source>
        <translation>password = { env = &quot;NAME&quot; }，空密码则写 password = &quot;&quot;</translation>
    </message>
    <message>
        <source>password in a file</source>
        <translation>密码在文件中</translation>
    </message>
    <message>
        <source>password in a variable</source>
        <translation>密码在环境变量中</translation>
    </message>
    <message>
        <source>password in the keyring</source>
        <translation>密码在密钥环中</translation>
    </message>
    <message>
        <source>password not kept</source>
        <translation>密码未保存</translation>
    </message>
    <message>
        <source>password readable</source>
        <translation>密码为明文</translation>
    </message>
    <message>
        <source>plain text</source>
        <translation>普通文本</translation>
    </message>
    <message>
        <source>port</source>
        <translation>端口</translation>
    </message>
    <message>
        <source>port {port} of {address} is in use by another program: choose another general.mixed_port</source>
        <translation>{address} 的端口 {port} 已被另一个程序占用：请换一个 general.mixed_port</translation>
    </message>
    <message>
        <source>port {port} of {interface}</source>
        <translation>{interface} 的端口 {port}</translation>
    </message>
    <message>
        <source>ports bound together</source>
        <translation>绑定的端口</translation>
    </message>
    <message>
        <source>ports from 0 to 65535, as in 443 or 22/80/1000-2000</source>
        <translation>0 到 65535 之间的端口，例如 443 或 22/80/1000-2000</translation>
    </message>
    <message>
        <source>process</source>
        <translation>进程</translation>
    </message>
    <message>
        <source>process path</source>
        <translation>进程路径</translation>
    </message>
    <message>
        <source>process {pid}</source>
        <translation>进程 {pid}</translation>
    </message>
    <message>
        <source>process {pid} ({name})</source>
        <translation>进程 {pid}（{name}）</translation>
    </message>
    <message>
        <source>process {pid} does not end; `byway repair` goes past it</source>
        <translation>进程 {pid} 没有结束；`byway repair` 可以绕过它</translation>
    </message>
    <message>
        <source>proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>proxy request</source>
        <translation>代理请求</translation>
    </message>
    <message>
        <source>quotes would be a part of it</source>
        <translation>引号会成为其中的一部分</translation>
    </message>
    <message>
        <source>real_names without fake_addresses = true: all are real anyhow</source>
        <translation>有 real_names 而没有 fake_addresses = true：本来就都是真实地址</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>refused ({why})</source>
        <translation>被拒绝（{why}）</translation>
    </message>
    <message>
        <source>refused by the rules</source>
        <translation>被规则拒绝</translation>
    </message>
    <message>
        <source>resolve and no-resolve exclude each other</source>
        <translation>resolve 与 no-resolve 互斥</translation>
    </message>
    <message>
        <source>resolver</source>
        <translation>解析器</translation>
    </message>
    <message>
        <source>resolver is {type}</source>
        <translation>resolver 是 {type}</translation>
    </message>
    <message>
        <source>routing rule {rule}</source>
        <translation>路由规则 {rule}</translation>
    </message>
    <message>
        <source>routing rule {rule}, table {table}</source>
        <translation>路由规则 {rule}，表 {table}</translation>
    </message>
    <message>
        <source>rp_filter = 1 for {found}</source>
        <translation>{found} 的 rp_filter = 1</translation>
    </message>
    <message>
        <source>rule {number} is {type}</source>
        <translation>第 {number} 条规则是 {type}</translation>
    </message>
    <message>
        <source>rules by process or user match nothing here: {obstacle}</source>
        <translation>按进程或用户的规则在这里不会匹配：{obstacle}</translation>
    </message>
    <message>
        <source>rules is missing</source>
        <translation>缺少 rules</translation>
    </message>
    <message>
        <source>rules is no list</source>
        <translation>rules 不是列表</translation>
    </message>
    <message>
        <source>rules is {type}</source>
        <translation>rules 是 {type}</translation>
    </message>
    <message>
        <source>running: {running}</source>
        <translation>正在运行：{running}</translation>
    </message>
    <message>
        <source>s</source>
        <comment>seconds</comment>
        <translation>秒</translation>
    </message>
    <message>
        <source>self-signed certificate</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>证书是自签名的</translation>
    </message>
    <message>
        <source>self-signed certificate in certificate chain</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>证书链中有自签名证书</translation>
    </message>
    <message>
        <source>sends an answer longer than any can be</source>
        <translation>应答过长</translation>
    </message>
    <message>
        <source>servers is {what}</source>
        <translation>servers 是 {what}</translation>
    </message>
    <message>
        <source>signal {n}</source>
        <translation>信号 {n}</translation>
    </message>
    <message>
        <source>single quotes around text with backslashes, as in &apos;DOMAIN-REGEX,^a\.b$,DIRECT&apos;</source>
        <translation>含反斜杠的文本用单引号括起来，例如 &apos;DOMAIN-REGEX,^a\.b$,DIRECT&apos;</translation>
    </message>
    <message>
        <source>some say so where the username or password is wrong</source>
        <translation>有些代理在用户名或密码错误时也这样回答</translation>
    </message>
    <message>
        <source>source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>source port</source>
        <translation>来源端口</translation>
    </message>
    <message>
        <source>status {n}</source>
        <translation>退出状态 {n}</translation>
    </message>
    <message>
        <source>takes no more questions: {error}</source>
        <translation>不再接受查询：{error}</translation>
    </message>
    <message>
        <source>tcp://, tls:// or https:// in server</source>
        <translation>server 中写 tcp://、tls:// 或 https://</translation>
    </message>
    <message>
        <source>testing…</source>
        <translation>正在测试…</translation>
    </message>
    <message>
        <source>text after the closing parenthesis</source>
        <translation>右括号之后还有文字</translation>
    </message>
    <message>
        <source>the DNS server failed</source>
        <translation>DNS 服务器出错</translation>
    </message>
    <message>
        <source>the DNS server {server} does not answer: {why}</source>
        <translation>DNS 服务器 {server} 没有应答：{why}</translation>
    </message>
    <message>
        <source>the HTTP server reset the stream</source>
        <translation>HTTP 服务器重置了流</translation>
    </message>
    <message>
        <source>the Host line of the HTTP request</source>
        <translation>HTTP 请求的 Host 字段</translation>
    </message>
    <message>
        <source>the address is missing</source>
        <translation>缺少地址</translation>
    </message>
    <message>
        <source>the address, which Byway gave out in its place</source>
        <translation>地址本身，它是 Byway 代替域名给出的</translation>
    </message>
    <message>
        <source>the body&apos;s transfer coding is not understood here</source>
        <translation>无法识别正文的传输编码</translation>
    </message>
    <message>
        <source>the client gave no username and password</source>
        <translation>客户端没有提供用户名和密码</translation>
    </message>
    <message>
        <source>the client offers no authentication method known here</source>
        <translation>客户端没有提供可用的认证方式</translation>
    </message>
    <message>
        <source>the client speaks TLS; this port is a plain SOCKS and HTTP proxy</source>
        <translation>客户端使用 TLS；该端口是不加密的 SOCKS 和 HTTP 代理</translation>
    </message>
    <message>
        <source>the connection stands</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>the destination did not answer the proxy in time ({said})</source>
        <translation>目标没有及时回应代理（{said}）</translation>
    </message>
    <message>
        <source>the destination did not answer the server in time</source>
        <translation>目标没有及时回应服务器</translation>
    </message>
    <message>
        <source>the destination is unreachable from the server, or its name unknown</source>
        <translation>服务器无法到达目标，或不认识它的名称</translation>
    </message>
    <message>
        <source>the destination refused the server&apos;s connection</source>
        <translation>目标拒绝了服务器的连接</translation>
    </message>
    <message>
        <source>the destination&apos;s network is unreachable from the server</source>
        <translation>服务器无法到达目标所在的网络</translation>
    </message>
    <message>
        <source>the engine does not answer</source>
        <translation>引擎没有响应</translation>
    </message>
    <message>
        <source>the engine ends</source>
        <translation>引擎正在结束</translation>
    </message>
    <message>
        <source>the engine has ended</source>
        <translation>引擎已结束</translation>
    </message>
    <message>
        <source>the file cannot be read: {reason}</source>
        <translation>无法读取文件：{reason}</translation>
    </message>
    <message>
        <source>the file has more than {n} MB</source>
        <translation>文件超过 {n} MB</translation>
    </message>
    <message>
        <source>the file is in UTF-16</source>
        <translation>文件是 UTF-16 编码</translation>
    </message>
    <message>
        <source>the file was changed meanwhile</source>
        <translation>文件在此期间被修改了</translation>
    </message>
    <message>
        <source>the file was removed meanwhile</source>
        <translation>文件在此期间被删除了</translation>
    </message>
    <message>
        <source>the group</source>
        <translation>该分组</translation>
    </message>
    <message>
        <source>the group has no members</source>
        <translation>该分组没有成员</translation>
    </message>
    <message>
        <source>the helper does not answer</source>
        <translation>助手程序没有响应</translation>
    </message>
    <message>
        <source>the helper has too many calls at once</source>
        <translation>助手程序同时收到的调用过多</translation>
    </message>
    <message>
        <source>the helper&apos;s sockets did not arrive</source>
        <translation>没有收到助手程序的套接字</translation>
    </message>
    <message>
        <source>the host is empty</source>
        <translation>主机为空</translation>
    </message>
    <message>
        <source>the installed helper is newer than this Byway (version {theirs} of their contract, not {ours})</source>
        <translation>已安装的助手程序比这个 Byway 新（接口版本 {theirs}，而非 {ours}）</translation>
    </message>
    <message>
        <source>the installed helper is older than this Byway (version {theirs} of their contract, not {ours})</source>
        <translation>已安装的助手程序比这个 Byway 旧（接口版本 {theirs}，而非 {ours}）</translation>
    </message>
    <message>
        <source>the kernel cannot be asked ({why})</source>
        <translation>无法询问内核（{why}）</translation>
    </message>
    <message>
        <source>the kernel does not tell whose a socket is ({why})</source>
        <translation>内核不告知套接字属于谁（{why}）</translation>
    </message>
    <message>
        <source>the kernel has no memory left for sockets</source>
        <translation>内核没有内存可用于套接字</translation>
    </message>
    <message>
        <source>the kernel lacks a module, {name}</source>
        <translation>内核缺少模块 {name}</translation>
    </message>
    <message>
        <source>the kernel sends marked packets to {lost}</source>
        <translation>内核把带标记的数据包发往 {lost}</translation>
    </message>
    <message>
        <source>the kernel&apos;s lists could not all be read in time</source>
        <translation>未能及时读完内核的列表</translation>
    </message>
    <message>
        <source>the keyring failed</source>
        <translation>密钥环出错</translation>
    </message>
    <message>
        <source>the keyring&apos;s entry {entry}</source>
        <translation>密钥环条目 {entry}</translation>
    </message>
    <message>
        <source>the kind is missing</source>
        <translation>缺少类型</translation>
    </message>
    <message>
        <source>the kind {name} is not supported yet</source>
        <translation>尚不支持类型 {name}</translation>
    </message>
    <message>
        <source>the length of the body is ambiguous</source>
        <translation>正文长度不明确</translation>
    </message>
    <message>
        <source>the machine has no file descriptor left</source>
        <translation>系统没有可用的文件描述符了</translation>
    </message>
    <message>
        <source>the name is empty</source>
        <translation>名称为空</translation>
    </message>
    <message>
        <source>the name is missing</source>
        <translation>缺少名称</translation>
    </message>
    <message>
        <source>the name is not known; learning it (DNS, TLS, HTTP, QUIC) could change this</source>
        <translation>名称未知；得知名称后（DNS、TLS、HTTP、QUIC）结果可能改变</translation>
    </message>
    <message>
        <source>the name is too long for SOCKS5</source>
        <translation>名称对 SOCKS5 来说过长</translation>
    </message>
    <message>
        <source>the name {host} could not be looked up within {seconds}</source>
        <translation>未能在 {seconds} 内解析名称 {host}</translation>
    </message>
    <message>
        <source>the name {host} could not be looked up: too many lookups are waiting</source>
        <translation>无法解析名称 {host}：等待中的解析太多</translation>
    </message>
    <message>
        <source>the name {host} could not be looked up: {error}</source>
        <translation>无法解析名称 {host}：{error}</translation>
    </message>
    <message>
        <source>the name {host} does not exist</source>
        <translation>名称 {host} 不存在</translation>
    </message>
    <message>
        <source>the name {host} has no address</source>
        <translation>名称 {host} 没有地址</translation>
    </message>
    <message>
        <source>the name {host} is not a valid host name</source>
        <translation>名称 {host} 不是有效的主机名</translation>
    </message>
    <message>
        <source>the name {host} leads back to Byway: the resolver on this machine asks it in its turn. dns.servers of the profile can name others</source>
        <translation>域名 {host} 又指回 Byway：本机的解析器反过来向它查询。可以在配置的 dns.servers 中指定其他服务器</translation>
    </message>
    <message>
        <source>the name {host} was not looked up: Byway is stopping</source>
        <translation>没有解析名称 {host}：Byway 正在停止</translation>
    </message>
    <message>
        <source>the password file {name}: nobody knows whose home that is</source>
        <translation>密码文件 {name}：不知道那是谁的主目录</translation>
    </message>
    <message>
        <source>the password file {path} is not UTF-8 text</source>
        <translation>密码文件 {path} 不是 UTF-8 文本</translation>
    </message>
    <message>
        <source>the password file {path} is too big to hold a password</source>
        <translation>密码文件 {path} 太大，不会是密码</translation>
    </message>
    <message>
        <source>the password file {path}: {strerror}</source>
        <translation>密码文件 {path}：{strerror}</translation>
    </message>
    <message>
        <source>the password stands in the profile for everyone who can read the file</source>
        <translation>密码写在配置文件中，能读取该文件的人都能看到</translation>
    </message>
    <message>
        <source>the path is missing</source>
        <translation>缺少路径</translation>
    </message>
    <message>
        <source>the pattern is missing</source>
        <translation>缺少模式</translation>
    </message>
    <message>
        <source>the pattern is nested too deeply or repeats too often</source>
        <translation>模式嵌套过深或重复过多</translation>
    </message>
    <message>
        <source>the port is missing</source>
        <translation>缺少端口</translation>
    </message>
    <message>
        <source>the privileged helper gives no sockets any more</source>
        <translation>助手程序不再提供套接字</translation>
    </message>
    <message>
        <source>the privileged helper is not there</source>
        <translation>没有助手程序</translation>
    </message>
    <message>
        <source>the process is not known; which one it is could change this</source>
        <translation>进程未知；得知是哪个进程后结果可能改变</translation>
    </message>
    <message>
        <source>the process is {running}, not {wanted}</source>
        <translation>进程是 {running}，不是 {wanted}</translation>
    </message>
    <message>
        <source>the process is {running}: the kernel keeps {n} bytes of its name</source>
        <translation>进程是 {running}：内核只保留名称的 {n} 个字节</translation>
    </message>
    <message>
        <source>the program</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>the program closed before it said where to connect</source>
        <translation>程序没有说明要连接到哪里就关闭了连接</translation>
    </message>
    <message>
        <source>the program did not say in time where to connect</source>
        <translation>程序没有及时说明要连接到哪里</translation>
    </message>
    <message>
        <source>the program gave up before the connection was made</source>
        <translation>程序在连接建立之前就放弃了</translation>
    </message>
    <message>
        <source>the program&apos;s name is missing</source>
        <translation>缺少程序名称</translation>
    </message>
    <message>
        <source>the program&apos;s request to the local port</source>
        <translation>程序对本地端口的请求</translation>
    </message>
    <message>
        <source>the proxy</source>
        <translation>代理</translation>
    </message>
    <message>
        <source>the proxy could not open the connection ({said})</source>
        <translation>代理无法建立连接（{said}）</translation>
    </message>
    <message>
        <source>the proxy could not reach the destination ({said})</source>
        <translation>代理无法到达目标（{said}）</translation>
    </message>
    <message>
        <source>the proxy could not reach the destination, or is overloaded ({said})</source>
        <translation>代理无法到达目标，或已过载（{said}）</translation>
    </message>
    <message>
        <source>the proxy forbids this destination ({said})</source>
        <translation>代理禁止该目标（{said}）</translation>
    </message>
    <message>
        <source>the proxy refused ({said})</source>
        <translation>代理拒绝了（{said}）</translation>
    </message>
    <message>
        <source>the proxy sent a redirection ({said}): a login page may stand before it</source>
        <translation>代理返回了重定向（{said}）：可能需要先通过登录页面</translation>
    </message>
    <message>
        <source>the proxy wants a username and password</source>
        <translation>代理要求用户名和密码</translation>
    </message>
    <message>
        <source>the proxy&apos;s answer has a head of more than 64 KiB</source>
        <translation>代理的应答头超过 64 KiB</translation>
    </message>
    <message>
        <source>the request is too long</source>
        <translation>请求过长</translation>
    </message>
    <message>
        <source>the request names no valid host and port</source>
        <translation>请求中没有有效的主机和端口</translation>
    </message>
    <message>
        <source>the resolver</source>
        <translation>解析器</translation>
    </message>
    <message>
        <source>the rules are gone: root&apos;s part of it has ended, or a `byway repair` has been run</source>
        <translation>规则已失效：root 的部分已结束，或运行过 `byway repair`</translation>
    </message>
    <message>
        <source>the rules are gone: the helper has ended, or a `byway repair` has been run</source>
        <translation>规则已失效：助手程序已结束，或运行过 `byway repair`</translation>
    </message>
    <message>
        <source>the server</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>the server accepts neither a username and password nor their absence</source>
        <translation>无论是否提供用户名和密码，服务器都不接受</translation>
    </message>
    <message>
        <source>the server chose an authentication method ({method}) not offered</source>
        <translation>服务器选择了未提供的认证方式（{method}）</translation>
    </message>
    <message>
        <source>the server closed the connection</source>
        <translation>服务器关闭了连接</translation>
    </message>
    <message>
        <source>the server could not open the connection (general failure)</source>
        <translation>服务器无法建立连接（一般性故障）</translation>
    </message>
    <message>
        <source>the server did not finish its handshake in time</source>
        <translation>服务器没有及时完成握手</translation>
    </message>
    <message>
        <source>the server does not open tunnels ({said}): is it an HTTP proxy?</source>
        <translation>服务器不建立隧道（{said}）：它是 HTTP 代理吗？</translation>
    </message>
    <message>
        <source>the server does not support this command</source>
        <translation>服务器不支持该命令</translation>
    </message>
    <message>
        <source>the server does not support this type of address</source>
        <translation>服务器不支持该地址类型</translation>
    </message>
    <message>
        <source>the server gave an unknown failure code ({code})</source>
        <translation>服务器返回了未知的错误代码（{code}）</translation>
    </message>
    <message>
        <source>the server is an address already</source>
        <translation>server 已经是地址</translation>
    </message>
    <message>
        <source>the server is empty</source>
        <translation>服务器为空</translation>
    </message>
    <message>
        <source>the server is missing</source>
        <translation>缺少服务器</translation>
    </message>
    <message>
        <source>the server name in the TLS greeting</source>
        <translation>TLS 握手中的服务器域名</translation>
    </message>
    <message>
        <source>the server name in the first QUIC packets</source>
        <translation>最初几个 QUIC 数据包中的服务器域名</translation>
    </message>
    <message>
        <source>the server names no port for them</source>
        <translation>服务器没有给出其端口</translation>
    </message>
    <message>
        <source>the server refused: the destination is unreachable, or its rules forbid it</source>
        <translation>服务器拒绝了：无法到达目标，或其规则禁止</translation>
    </message>
    <message>
        <source>the server wants a login, but not as a proxy ({said}): is it a web server?</source>
        <translation>服务器要求登录，但不是以代理的方式（{said}）：它是网页服务器吗？</translation>
    </message>
    <message>
        <source>the server wants a username and password</source>
        <translation>服务器要求用户名和密码</translation>
    </message>
    <message>
        <source>the server wants an identd on this machine, and reached none</source>
        <translation>服务器要求本机运行 identd，但没有连上</translation>
    </message>
    <message>
        <source>the server&apos;s answer has an unknown type of address ({atyp})</source>
        <translation>服务器的应答含有未知的地址类型（{atyp}）</translation>
    </message>
    <message>
        <source>the server&apos;s rules forbid this destination</source>
        <translation>服务器的规则禁止该目标</translation>
    </message>
    <message>
        <source>the servers are missing</source>
        <translation>缺少服务器</translation>
    </message>
    <message>
        <source>the system bus is gone</source>
        <translation>系统总线已断开</translation>
    </message>
    <message>
        <source>the system bus is gone: {error}</source>
        <translation>系统总线已断开：{error}</translation>
    </message>
    <message>
        <source>the system refused</source>
        <translation>系统拒绝了</translation>
    </message>
    <message>
        <source>the system&apos;s own servers</source>
        <translation>系统的服务器</translation>
    </message>
    <message>
        <source>the table [dns.hosts], as in &quot;nas.lan&quot; = &quot;192…&quot;</source>
        <translation>表 [dns.hosts]，例如 &quot;nas.lan&quot; = &quot;192…&quot;</translation>
    </message>
    <message>
        <source>the table [dns]</source>
        <translation>表 [dns]</translation>
    </message>
    <message>
        <source>the table [general]</source>
        <translation>表 [general]</translation>
    </message>
    <message>
        <source>the table [machine]</source>
        <translation>表 [machine]</translation>
    </message>
    <message>
        <source>the target is missing</source>
        <translation>缺少目标</translation>
    </message>
    <message>
        <source>the text to look for is missing</source>
        <translation>缺少要查找的文字</translation>
    </message>
    <message>
        <source>the type is missing</source>
        <translation>缺少类型</translation>
    </message>
    <message>
        <source>the upstream</source>
        <translation>上游</translation>
    </message>
    <message>
        <source>the user name is empty</source>
        <translation>用户名为空</translation>
    </message>
    <message>
        <source>the variable {name}, which should hold a password, is not set</source>
        <translation>应当存放密码的变量 {name} 没有设置</translation>
    </message>
    <message>
        <source>the whole path of a program, as in /usr/bin/curl or /opt/app/*</source>
        <translation>程序的完整路径，例如 /usr/bin/curl 或 /opt/app/*</translation>
    </message>
    <message>
        <source>the worker that carried it has died</source>
        <translation>处理它的工作进程已终止</translation>
    </message>
    <message>
        <source>the {fact}</source>
        <translation>{fact}</translation>
    </message>
    <message>
        <source>there already is {what} {name}</source>
        <translation>已有名为 {name} 的 {what}</translation>
    </message>
    <message>
        <source>there is no group {group}</source>
        <translation>没有分组 {group}</translation>
    </message>
    <message>
        <source>there is no kind {text}</source>
        <translation>没有类型 {text}</translation>
    </message>
    <message>
        <source>there is no method {method}</source>
        <translation>没有方法 {method}</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>there is no upstream or group {name}</source>
        <translation>没有名为 {name} 的上游或分组</translation>
    </message>
    <message>
        <source>there is no upstream {via}</source>
        <translation>没有上游 {via}</translation>
    </message>
    <message>
        <source>there is no way {scheme}:// to ask a DNS server</source>
        <translation>不支持用 {scheme}:// 查询 DNS 服务器</translation>
    </message>
    <message>
        <source>there is no {key} {text}</source>
        <translation>{key} 没有 {text} 这个值</translation>
    </message>
    <message>
        <source>there is no {target} in it, which everything was to go through</source>
        <translation>其中没有所有流量要走的 {target}</translation>
    </message>
    <message>
        <source>there is no {what} {target}</source>
        <translation>没有 {what} {target}</translation>
    </message>
    <message>
        <source>this Byway is a Flatpak, whose sandbox shows no other programs</source>
        <translation>这个 Byway 是 Flatpak，在它的沙盒中看不到其他程序</translation>
    </message>
    <message>
        <source>this cannot be changed here: {error}</source>
        <translation>这里无法修改：{error}</translation>
    </message>
    <message>
        <source>this is a folder, not a file</source>
        <translation>这是文件夹，不是文件</translation>
    </message>
    <message>
        <source>this is a proxy port, not a web server</source>
        <translation>这是代理端口，不是网页服务器</translation>
    </message>
    <message>
        <source>this is for the program that has started it</source>
        <translation>只有启动它的程序才能这样做</translation>
    </message>
    <message>
        <source>this is no HTTP request</source>
        <translation>这不是 HTTP 请求</translation>
    </message>
    <message>
        <source>this is not JSON</source>
        <translation>这不是 JSON</translation>
    </message>
    <message>
        <source>this is not an HTTP proxy: its status line is {line}</source>
        <translation>这不是 HTTP 代理：它的状态行是 {line}</translation>
    </message>
    <message>
        <source>this is not {wanted}: it answered like {kind}</source>
        <translation>这不是 {wanted}：它的应答像是 {kind}</translation>
    </message>
    <message>
        <source>this is not {wanted}: its answer makes no sense (it began with {shown})</source>
        <translation>这不是 {wanted}：无法理解它的应答（开头为 {shown}）</translation>
    </message>
    <message>
        <source>this is {what}</source>
        <translation>这是 {what}</translation>
    </message>
    <message>
        <source>this kernel has none</source>
        <translation>内核没有</translation>
    </message>
    <message>
        <source>this machine&apos;s own addresses, multicast, DHCP, ping and VPNs&apos; own packets</source>
        <translation>本机地址、组播、DHCP、ping 和 VPN 自身的数据包</translation>
    </message>
    <message>
        <source>through the upstream {name}</source>
        <translation>经由上游 {name}</translation>
    </message>
    <message>
        <source>through {name}</source>
        <translation>经由 {name}</translation>
    </message>
    <message>
        <source>too long a text</source>
        <translation>文本过长</translation>
    </message>
    <message>
        <source>true or false</source>
        <translation>true 或 false</translation>
    </message>
    <message>
        <source>unable to get local issuer certificate</source>
        <comment>the system&apos;s word for an error</comment>
        <translation>找不到签发者的证书</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>未更改</translation>
    </message>
    <message>
        <source>under 1 ms</source>
        <translation>不到 1 毫秒</translation>
    </message>
    <message>
        <source>unknown key {key}</source>
        <translation>未知的键 {key}</translation>
    </message>
    <message>
        <source>unknown type of address</source>
        <translation>未知的地址类型</translation>
    </message>
    <message>
        <source>upstream</source>
        <translation>上游</translation>
    </message>
    <message>
        <source>upstream is {type}</source>
        <translation>upstream 是 {type}</translation>
    </message>
    <message>
        <source>upstream {name} ({authority})</source>
        <translation>上游 {name}（{authority}）</translation>
    </message>
    <message>
        <source>upstreams do not carry the datagrams of a plain server</source>
        <translation>上游不传输普通 DNS 服务器的数据报</translation>
    </message>
    <message>
        <source>user id</source>
        <translation>用户标识</translation>
    </message>
    <message>
        <source>username alone</source>
        <translation>只写 username</translation>
    </message>
    <message>
        <source>version is missing</source>
        <translation>缺少 version</translation>
    </message>
    <message>
        <source>version is {version}</source>
        <translation>version 是 {version}</translation>
    </message>
    <message>
        <source>via {upstream}: {words}</source>
        <translation>经由 {upstream}：{words}</translation>
    </message>
    <message>
        <source>virtual</source>
        <translation>虚拟接口</translation>
    </message>
    <message>
        <source>virtual machines</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>warning:</source>
        <translation>警告：</translation>
    </message>
    <message>
        <source>what no rule matches is asked of dns.servers</source>
        <translation>没有规则匹配的名称会向 dns.servers 查询</translation>
    </message>
    <message>
        <source>what rules call it, for example: office</source>
        <translation>规则中使用的名称，例如：office</translation>
    </message>
    <message>
        <source>which application a connection is of is not known: {obstacle}</source>
        <translation>无法得知连接属于哪个应用程序：{obstacle}</translation>
    </message>
    <message>
        <source>without a member that is alive a group refuses by itself</source>
        <translation>没有可用成员时，分组本来就会拒绝连接</translation>
    </message>
    <message>
        <source>works</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>works, {time}</source>
        <translation>可用，{time}</translation>
    </message>
    <message>
        <source>wrong username or password</source>
        <translation>用户名或密码错误</translation>
    </message>
    <message>
        <source>you may not read this file</source>
        <translation>没有权限读取该文件</translation>
    </message>
    <message>
        <source>{ env = &quot;NAME&quot; }, { file = &quot;path&quot; } or { keyring = &quot;entry&quot; }</source>
        <translation>{ env = &quot;NAME&quot; }、{ file = &quot;path&quot; } 或 { keyring = &quot;entry&quot; }</translation>
    </message>
    <message>
        <source>{addresses}, names too</source>
        <translation>{addresses}（含域名）</translation>
    </message>
    <message>
        <source>{address} is an address that Byway gives in a name&apos;s place, and it stands for none (any more): the program must ask for the name again</source>
        <translation>{address} 是 Byway 代替域名给出的地址，它（已）不代表任何域名：程序必须重新查询该域名</translation>
    </message>
    <message>
        <source>{address} is just outside {network} (both are in {wider})</source>
        <translation>{address} 刚好在 {network} 之外（两者都在 {wider} 中）</translation>
    </message>
    <message>
        <source>{address} is no address</source>
        <translation>{address} 不是地址</translation>
    </message>
    <message>
        <source>{backend}, as nftables cannot be used here: {why}</source>
        <translation>{backend}，因为这里无法使用 nftables：{why}</translation>
    </message>
    <message>
        <source>{because}; before it others have failed: {failures}</source>
        <translation>{because}；在此之前其他成员已失败：{failures}</translation>
    </message>
    <message>
        <source>{count} engines give out fake addresses already: names that should have one are not answered</source>
        <translation>已有 {count} 个引擎在给出虚拟地址：应当得到虚拟地址的域名不会得到回答</translation>
    </message>
    <message>
        <source>{count} names</source>
        <translation>{count} 个域名</translation>
    </message>
    <message>
        <source>{did} in the middle of its answer</source>
        <translation>应答到一半时，{did}</translation>
    </message>
    <message>
        <source>{did} instead of opening one to the destination</source>
        <translation>{did}，没有建立到目标的连接</translation>
    </message>
    <message>
        <source>{did} on being given the username and password</source>
        <translation>收到用户名和密码后，{did}</translation>
    </message>
    <message>
        <source>{did} when it was asked to</source>
        <translation>收到请求时，{did}</translation>
    </message>
    <message>
        <source>{did} without an answer: is it a SOCKS5 server?</source>
        <translation>{did}，没有应答：它是 SOCKS5 服务器吗？</translation>
    </message>
    <message>
        <source>{did} without an answer: is it an HTTP proxy?</source>
        <translation>{did}，没有应答：它是 HTTP 代理吗？</translation>
    </message>
    <message>
        <source>{did} without an answer: it is no SOCKS4 server, or will not reach this destination</source>
        <translation>{did}，没有应答：它不是 SOCKS4 服务器，或不愿连接该目标</translation>
    </message>
    <message>
        <source>{d} d {h} h</source>
        <translation>{d} 天 {h} 时</translation>
    </message>
    <message>
        <source>{expected} as the first line</source>
        <translation>第一行写 {expected}</translation>
    </message>
    <message>
        <source>{file} has {n} error. Until it is mended, what was in force stays so.</source>
        <translation>{file} 有 {n} 个错误。修正之前，原有设置仍然有效。</translation>
    </message>
    <message>
        <source>{file} has {n} errors. Until they are mended, what was in force stays so.</source>
        <translation>{file} 有 {n} 个错误。修正之前，原有设置仍然有效。</translation>
    </message>
    <message>
        <source>{file} is no application&apos;s file.</source>
        <translation>{file} 不是应用程序的文件。</translation>
    </message>
    <message>
        <source>{file} opens no local port</source>
        <translation>{file} 没有打开本地端口</translation>
    </message>
    <message>
        <source>{file}: {why}</source>
        <translation>{file}：{why}</translation>
    </message>
    <message>
        <source>{folder} belongs to somebody else; remove it, or set XDG_RUNTIME_DIR to a folder of your own</source>
        <translation>{folder} 属于其他用户；请删除它，或把 XDG_RUNTIME_DIR 设为自己的文件夹</translation>
    </message>
    <message>
        <source>{group} chooses by itself: it is a {kind} group</source>
        <translation>{group} 会自行选择：它是 {kind} 分组</translation>
    </message>
    <message>
        <source>{group} is a group of {members}: the fastest that is alive takes it</source>
        <translation>{group} 是由 {members} 组成的分组：使用其中最快的可用成员</translation>
    </message>
    <message>
        <source>{group} is a group of {members}: the first that is alive takes it</source>
        <translation>{group} 是由 {members} 组成的分组：使用其中第一个可用成员</translation>
    </message>
    <message>
        <source>{group} is a group of {members}: {member} is chosen</source>
        <translation>{group} 是由 {members} 组成的分组：已选择 {member}</translation>
    </message>
    <message>
        <source>{group} is a group: what goes to {place} takes the first that is alive of {members}</source>
        <translation>{group} 是一个分组：发往 {place} 的连接使用 {members} 中第一个可用成员</translation>
    </message>
    <message>
        <source>{group}: {member}</source>
        <translation>{group}：{member}</translation>
    </message>
    <message>
        <source>{host} and {name} are one letter apart</source>
        <translation>{host} 与 {name} 只差一个字母</translation>
    </message>
    <message>
        <source>{host} ends in {name}, but not after a dot</source>
        <translation>{host} 以 {name} 结尾，但前面不是点</translation>
    </message>
    <message>
        <source>{host} is an address already</source>
        <translation>{host} 已经是地址</translation>
    </message>
    <message>
        <source>{h} h {min} min</source>
        <translation>{h} 时 {min} 分</translation>
    </message>
    <message>
        <source>{key} at the top of the file, before the first [table]</source>
        <translation>{key} 写在文件开头，第一个 [table] 之前</translation>
    </message>
    <message>
        <source>{key} has {size} bytes in UTF-8</source>
        <translation>{key} 的 UTF-8 编码有 {size} 字节</translation>
    </message>
    <message>
        <source>{key} in the table [{table}]</source>
        <translation>表 [{table}] 中的 {key}</translation>
    </message>
    <message>
        <source>{key} is empty</source>
        <translation>{key} 为空</translation>
    </message>
    <message>
        <source>{key} is no table</source>
        <translation>{key} 不是表</translation>
    </message>
    <message>
        <source>{key} is {type}</source>
        <translation>{key} 是 {type}</translation>
    </message>
    <message>
        <source>{key} is {value}</source>
        <translation>{key} 是 {value}</translation>
    </message>
    <message>
        <source>{key} is {what}</source>
        <translation>{key} 是 {what}</translation>
    </message>
    <message>
        <source>{key} protects a port that is not open</source>
        <translation>{key} 保护的端口没有打开</translation>
    </message>
    <message>
        <source>{key} without {other}</source>
        <translation>有 {key} 而没有 {other}</translation>
    </message>
    <message>
        <source>{kind} carries no datagrams: they are refused</source>
        <translation>{kind} 不承载数据报：它们会被拒绝</translation>
    </message>
    <message>
        <source>{kind} has no passwords, only a user id</source>
        <translation>{kind} 没有密码，只有用户标识</translation>
    </message>
    <message>
        <source>{listed}, and {n} more</source>
        <translation>{listed}，以及另外 {n} 条</translation>
    </message>
    <message>
        <source>{mark} in its before.rules</source>
        <translation>其 before.rules 中有 {mark}</translation>
    </message>
    <message>
        <source>{member} (does not work)</source>
        <translation>{member}（不可用）</translation>
    </message>
    <message>
        <source>{member} ({group})</source>
        <translation>{member}（{group}）</translation>
    </message>
    <message>
        <source>{member} ({time})</source>
        <translation>{member}（{time}）</translation>
    </message>
    <message>
        <source>{member} is chosen in {group}</source>
        <translation>{group} 中选择了 {member}</translation>
    </message>
    <message>
        <source>{member} is no member of {group}, which has {members}</source>
        <translation>{member} 不是 {group} 的成员，其成员为 {members}</translation>
    </message>
    <message>
        <source>{member} is the fastest of {group} that is alive: {ms} ms</source>
        <translation>{member} 是 {group} 中最快的可用成员：{ms} 毫秒</translation>
    </message>
    <message>
        <source>{member} is the first of {group} that is alive</source>
        <translation>{member} 是 {group} 中第一个可用的成员</translation>
    </message>
    <message>
        <source>{member} of {group} has this destination</source>
        <translation>{group} 把此目标分配给 {member}</translation>
    </message>
    <message>
        <source>{member} of {group}, before any was timed</source>
        <translation>{group} 的 {member}，尚无成员测过速度</translation>
    </message>
    <message>
        <source>{member}, that is {upstream}</source>
        <translation>{member}，即 {upstream}</translation>
    </message>
    <message>
        <source>{message} (and {n} more rules behind it)</source>
        <translation>{message}（之后还有 {n} 条规则）</translation>
    </message>
    <message>
        <source>{message}, or it understands SOCKS4 but not 4a</source>
        <translation>{message}，或者它支持 SOCKS4 但不支持 4a</translation>
    </message>
    <message>
        <source>{message}.</source>
        <translation>{message}。</translation>
    </message>
    <message>
        <source>{message}; expected {expected}.</source>
        <translation>{message}；应为 {expected}。</translation>
    </message>
    <message>
        <source>{min} min</source>
        <translation>{min} 分钟</translation>
    </message>
    <message>
        <source>{min} min {s} s</source>
        <translation>{min} 分 {s} 秒</translation>
    </message>
    <message>
        <source>{mode}: {target}, {kind}: {way}. By the rules: {rules}.</source>
        <translation>{mode}：{target}，{kind}：{way}。按规则：{rules}。</translation>
    </message>
    <message>
        <source>{name} (in a terminal)</source>
        <translation>{name}（在终端中）</translation>
    </message>
    <message>
        <source>{name} (turned off)</source>
        <translation>{name}（已停用）</translation>
    </message>
    <message>
        <source>{name} ({program})</source>
        <translation>{name}（{program}）</translation>
    </message>
    <message>
        <source>{name} and all names below it</source>
        <translation>{name} 及其所有子域名</translation>
    </message>
    <message>
        <source>{name} and below</source>
        <translation>{name} 及子域名</translation>
    </message>
    <message>
        <source>{name} and {like} differ in capitals only</source>
        <translation>{name} 与 {like} 只有大小写不同</translation>
    </message>
    <message>
        <source>{name} has a meaning of its own in rules</source>
        <translation>{name} 在规则中有特殊含义</translation>
    </message>
    <message>
        <source>{name} has no option {text}</source>
        <translation>{name} 没有选项 {text}</translation>
    </message>
    <message>
        <source>{name} is a member already</source>
        <translation>{name} 已经是成员</translation>
    </message>
    <message>
        <source>{name} is no array of tables</source>
        <translation>{name} 不是表的数组</translation>
    </message>
    <message>
        <source>{name} is no interface that has clients</source>
        <translation>{name} 不是能有客户端的接口</translation>
    </message>
    <message>
        <source>{name} is no name</source>
        <translation>{name} 不是名称</translation>
    </message>
    <message>
        <source>{name} is not installed: {program}</source>
        <translation>未安装 {name}：{program}</translation>
    </message>
    <message>
        <source>{name} is nothing that could be run.</source>
        <translation>{name} 无法运行。</translation>
    </message>
    <message>
        <source>{name} is there already</source>
        <translation>已有 {name}</translation>
    </message>
    <message>
        <source>{name} needs a terminal, and there is none here.</source>
        <translation>{name} 需要终端，而这里没有。</translation>
    </message>
    <message>
        <source>{name} stands alone, not inside another condition</source>
        <translation>{name} 只能单独使用，不能放在其他条件中</translation>
    </message>
    <message>
        <source>{name} would be in itself: {way}</source>
        <translation>{name} 会包含其自身：{way}</translation>
    </message>
    <message>
        <source>{name}: its command cannot be read.</source>
        <translation>{name}：无法读取其命令。</translation>
    </message>
    <message>
        <source>{name}: {words}</source>
        <translation>{name}：{words}</translation>
    </message>
    <message>
        <source>{needs} ({hints})</source>
        <translation>{needs}（{hints}）</translation>
    </message>
    <message>
        <source>{networks} and {n} more</source>
        <translation>{networks} 等，另有 {n} 个</translation>
    </message>
    <message>
        <source>{n} bytes</source>
        <translation>{n} 字节</translation>
    </message>
    <message>
        <source>{n} clients are connected already</source>
        <translation>已连接 {n} 个客户端</translation>
    </message>
    <message>
        <source>{n} connection, {live} live.</source>
        <translation>{n} 个连接，其中 {live} 个活动。</translation>
    </message>
    <message>
        <source>{n} connections, {live} live.</source>
        <translation>{n} 个连接，其中 {live} 个活动。</translation>
    </message>
    <message>
        <source>{n} day</source>
        <translation>{n} 天</translation>
    </message>
    <message>
        <source>{n} days</source>
        <translation>{n} 天</translation>
    </message>
    <message>
        <source>{n} hour</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>{n} hours</source>
        <translation>{n} 小时</translation>
    </message>
    <message>
        <source>{n} interfaces</source>
        <translation>{n} 个接口</translation>
    </message>
    <message>
        <source>{n} line has an error.</source>
        <translation>{n} 行有错误。</translation>
    </message>
    <message>
        <source>{n} lines have errors.</source>
        <translation>{n} 行有错误。</translation>
    </message>
    <message>
        <source>{n} members</source>
        <translation>{n} 个成员</translation>
    </message>
    <message>
        <source>{n} minute</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} minutes</source>
        <translation>{n} 分钟</translation>
    </message>
    <message>
        <source>{n} more rule nearly decided.</source>
        <translation>另有 {n} 条规则接近匹配。</translation>
    </message>
    <message>
        <source>{n} more rules nearly decided.</source>
        <translation>另有 {n} 条规则接近匹配。</translation>
    </message>
    <message>
        <source>{n} ms</source>
        <translation>{n} 毫秒</translation>
    </message>
    <message>
        <source>{n} network that the rules send directly</source>
        <translation>规则设为直连的 {n} 个网段</translation>
    </message>
    <message>
        <source>{n} networks</source>
        <translation>{n} 个网段</translation>
    </message>
    <message>
        <source>{n} networks that the rules send directly</source>
        <translation>规则设为直连的 {n} 个网段</translation>
    </message>
    <message>
        <source>{n} of the trials leak.</source>
        <translation>{n} 个测试项有泄漏。</translation>
    </message>
    <message>
        <source>{n} of the trials leaks.</source>
        <translation>{n} 个测试项有泄漏。</translation>
    </message>
    <message>
        <source>{n} ports</source>
        <translation>{n} 个端口</translation>
    </message>
    <message>
        <source>{n} rule</source>
        <translation>{n} 条规则</translation>
    </message>
    <message>
        <source>{n} rule sends connections through {name}:</source>
        <translation>{n} 条规则使用 {name}：</translation>
    </message>
    <message>
        <source>{n} rules</source>
        <translation>{n} 条规则</translation>
    </message>
    <message>
        <source>{n} rules added.</source>
        <translation>已添加 {n} 条规则。</translation>
    </message>
    <message>
        <source>{n} rules copied.</source>
        <translation>已复制 {n} 条规则。</translation>
    </message>
    <message>
        <source>{n} rules deleted.</source>
        <translation>已删除 {n} 条规则。</translation>
    </message>
    <message>
        <source>{n} rules duplicated.</source>
        <translation>已创建 {n} 条规则的副本。</translation>
    </message>
    <message>
        <source>{n} rules moved.</source>
        <translation>已移动 {n} 条规则。</translation>
    </message>
    <message>
        <source>{n} rules send connections through {name}:</source>
        <translation>{n} 条规则使用 {name}：</translation>
    </message>
    <message>
        <source>{n} rules turned off.</source>
        <translation>已停用 {n} 条规则。</translation>
    </message>
    <message>
        <source>{n} rules turned on.</source>
        <translation>已启用 {n} 条规则。</translation>
    </message>
    <message>
        <source>{n} second</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} seconds</source>
        <translation>{n} 秒</translation>
    </message>
    <message>
        <source>{n} servers</source>
        <translation>{n} 个服务器</translation>
    </message>
    <message>
        <source>{n} thing on this machine is in Byway&apos;s way.</source>
        <translation>本机有 {n} 个组件妨碍 Byway。</translation>
    </message>
    <message>
        <source>{n} things on this machine are in Byway&apos;s way.</source>
        <translation>本机有 {n} 个组件妨碍 Byway。</translation>
    </message>
    <message>
        <source>{one} and {other}</source>
        <translation>{one} 和 {other}</translation>
    </message>
    <message>
        <source>{one} or {other}</source>
        <translation>{one} 或 {other}</translation>
    </message>
    <message>
        <source>{one}; {other}</source>
        <translation>{one}；{other}</translation>
    </message>
    <message>
        <source>{path} belongs to somebody else</source>
        <translation>{path} 属于其他用户</translation>
    </message>
    <message>
        <source>{path} is no absolute path</source>
        <translation>{path} 不是绝对路径</translation>
    </message>
    <message>
        <source>{path} is no list of tables</source>
        <translation>{path} 不是表的列表</translation>
    </message>
    <message>
        <source>{path}: the engine has ended</source>
        <translation>{path}：引擎已结束</translation>
    </message>
    <message>
        <source>{pattern} wants something before the dot, and {host} has nothing</source>
        <translation>{pattern} 要求点之前有内容，而 {host} 没有</translation>
    </message>
    <message>
        <source>{place} goes directly, by rule {n}: {rule}</source>
        <translation>{place} 直连，依据规则 {n}：{rule}</translation>
    </message>
    <message>
        <source>{place} goes directly: no rule matches.</source>
        <translation>{place} 直连：没有匹配的规则。</translation>
    </message>
    <message>
        <source>{place} goes through {upstream}, by rule {n}: {rule}</source>
        <translation>{place} 经由 {upstream}，依据规则 {n}：{rule}</translation>
    </message>
    <message>
        <source>{place} is refused, by rule {n}: {rule}</source>
        <translation>{place} 被拒绝，依据规则 {n}：{rule}</translation>
    </message>
    <message>
        <source>{place} port {port} {network}: {action}</source>
        <translation>{place} 端口 {port} {network}：{action}</translation>
    </message>
    <message>
        <source>{port} is no port</source>
        <translation>{port} 不是端口</translation>
    </message>
    <message>
        <source>{port} is no port: they go from 1 to 65535.</source>
        <translation>{port} 不是端口：有效范围是 1 到 65535。</translation>
    </message>
    <message>
        <source>{prefix} is no prefix length</source>
        <translation>{prefix} 不是前缀长度</translation>
    </message>
    <message>
        <source>{process} is neither a program&apos;s name nor its whole path</source>
        <translation>{process} 既不是程序名称，也不是其完整路径</translation>
    </message>
    <message>
        <source>{program}, of user number {uid}</source>
        <translation>{program}，用户编号 {uid}</translation>
    </message>
    <message>
        <source>{reason}: {closer}</source>
        <translation>{reason}：{closer}</translation>
    </message>
    <message>
        <source>{rules} before it</source>
        <translation>在它之前写 {rules}</translation>
    </message>
    <message>
        <source>{scheme}:// has no path</source>
        <translation>{scheme}:// 没有路径</translation>
    </message>
    <message>
        <source>{sign} cannot stand in a host name</source>
        <translation>主机名中不能有 {sign}</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/s</translation>
    </message>
    <message>
        <source>{system} already names all of the system&apos;s servers</source>
        <translation>{system} 已经包含系统的所有服务器</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s} 秒</translation>
    </message>
    <message>
        <source>{taken}, this machine itself, goes to {action} too</source>
        <translation>{taken}（即本机自己）也会走 {action}</translation>
    </message>
    <message>
        <source>{text} is in the list already</source>
        <translation>{text} 已在列表中</translation>
    </message>
    <message>
        <source>{text} is neither a host name nor an address</source>
        <translation>{text} 既不是主机名也不是地址</translation>
    </message>
    <message>
        <source>{text} is no URL of a DNS server</source>
        <translation>{text} 不是 DNS 服务器的 URL</translation>
    </message>
    <message>
        <source>{text} is no address</source>
        <translation>{text} 不是地址</translation>
    </message>
    <message>
        <source>{text} is no address, nor one with a port</source>
        <translation>{text} 不是地址，也不是带端口的地址</translation>
    </message>
    <message>
        <source>{text} is no host and port</source>
        <translation>{text} 不是主机和端口</translation>
    </message>
    <message>
        <source>{text} is no network</source>
        <translation>{text} 不是网络类型</translation>
    </message>
    <message>
        <source>{text} is no network: tcp or udp</source>
        <translation>{text} 不是网络类型：应为 tcp 或 udp</translation>
    </message>
    <message>
        <source>{text} is no network: {error}</source>
        <translation>{text} 不是网段：{error}</translation>
    </message>
    <message>
        <source>{text} is no port</source>
        <translation>{text} 不是端口</translation>
    </message>
    <message>
        <source>{text} is no server</source>
        <translation>{text} 不是服务器</translation>
    </message>
    <message>
        <source>{text} is no {what}</source>
        <translation>{text} 不是 {what}</translation>
    </message>
    <message>
        <source>{text} is read as {name}: that name and everything below it</source>
        <translation>{text} 读作 {name}：该名称及其下的一切</translation>
    </message>
    <message>
        <source>{text} is read as {network}</source>
        <translation>{text} 读作 {network}</translation>
    </message>
    <message>
        <source>{text} is read as {turned}</source>
        <translation>{text} 读作 {turned}</translation>
    </message>
    <message>
        <source>{through} through the proxy</source>
        <translation>经代理 {through}</translation>
    </message>
    <message>
        <source>{time} to the proxy, {through} through it</source>
        <translation>到代理 {time}，经由代理 {through}</translation>
    </message>
    <message>
        <source>{time} to the server</source>
        <translation>到服务器 {time}</translation>
    </message>
    <message>
        <source>{upstream} does not carry datagrams</source>
        <translation>{upstream} 不传输数据报</translation>
    </message>
    <message>
        <source>{upstream} does not carry datagrams: {why}</source>
        <translation>{upstream} 不传输数据报：{why}</translation>
    </message>
    <message>
        <source>{upstream} has ended the association: {error}</source>
        <translation>{upstream} 结束了 UDP 关联：{error}</translation>
    </message>
    <message>
        <source>{upstream} is to carry no datagrams: udp = &quot;refuse&quot;</source>
        <translation>{upstream} 设为不传输数据报：udp = &quot;refuse&quot;</translation>
    </message>
    <message>
        <source>{upstream}: {words}</source>
        <translation>{upstream}：{words}</translation>
    </message>
    <message>
        <source>{up} sent, {down} received</source>
        <translation>已发送 {up}，已接收 {down}</translation>
    </message>
    <message>
        <source>{up} sent, {down} received.</source>
        <translation>已发送 {up}，已接收 {down}。</translation>
    </message>
    <message>
        <source>{user} ({place})</source>
        <translation>{user}（{place}）</translation>
    </message>
    <message>
        <source>{user} is no user id: a number, as `id -u` tells it</source>
        <translation>{user} 不是用户标识：应为 `id -u` 给出的数字</translation>
    </message>
    <message>
        <source>{via} is a service: it answers itself, and leads to no DNS server</source>
        <translation>{via} 是服务：它自己应答，不通往 DNS 服务器</translation>
    </message>
    <message>
        <source>{via} may choose a service, which leads to no DNS server</source>
        <translation>{via} 可能选中服务，而服务不通向任何 DNS 服务器</translation>
    </message>
    <message>
        <source>{wanted} ({how})</source>
        <translation>{wanted}（{how}）</translation>
    </message>
    <message>
        <source>{what} has no name</source>
        <translation>{what} 没有名称</translation>
    </message>
    <message>
        <source>{what} in {file}</source>
        <translation>{file} 中有 {what}</translation>
    </message>
    <message>
        <source>{what} is no address</source>
        <translation>{what} 不是地址</translation>
    </message>
    <message>
        <source>{where} does not exist; make it with: keyring set {keyring_service} {entry}</source>
        <translation>{where} 不存在；请创建：keyring set {keyring_service} {entry}</translation>
    </message>
    <message>
        <source>{where}: no keyring runs here; use { env = … } or { file = … }</source>
        <translation>{where}：这里没有运行密钥环；请用 { env = … } 或 { file = … }</translation>
    </message>
    <message>
        <source>{where}: the keyring is locked</source>
        <translation>{where}：密钥环已锁定</translation>
    </message>
    <message>
        <source>{where}: {why}</source>
        <translation>{where}：{why}</translation>
    </message>
    <message>
        <source>{who} (or {upstream})</source>
        <translation>{who}（或 {upstream}）</translation>
    </message>
    <message>
        <source>{who} cannot be reached (network is unreachable)</source>
        <translation>无法到达 {who}（网络不可达）</translation>
    </message>
    <message>
        <source>{who} cannot be reached (no local address or port is free for it)</source>
        <translation>无法到达 {who}（没有可用的本地地址或端口）</translation>
    </message>
    <message>
        <source>{who} cannot be reached (no route to host)</source>
        <translation>无法到达 {who}（没有到主机的路由）</translation>
    </message>
    <message>
        <source>{who} cannot be reached (this machine has no such address family)</source>
        <translation>无法到达 {who}（本机没有该地址族）</translation>
    </message>
    <message>
        <source>{who} closed the connection</source>
        <translation>{who} 关闭了连接</translation>
    </message>
    <message>
        <source>{who} did not answer in time</source>
        <translation>{who} 没有及时应答</translation>
    </message>
    <message>
        <source>{who} is not an address that can be contacted</source>
        <translation>{who} 不是可以连接的地址</translation>
    </message>
    <message>
        <source>{who} may not be contacted (forbidden by a firewall)</source>
        <translation>不允许连接 {who}（被防火墙禁止）</translation>
    </message>
    <message>
        <source>{who} may not be contacted (forbidden by the system)</source>
        <translation>不允许连接 {who}（被系统禁止）</translation>
    </message>
    <message>
        <source>{who} refused the connection</source>
        <translation>{who} 拒绝了连接</translation>
    </message>
    <message>
        <source>{who} reset the connection</source>
        <translation>{who} 重置了连接</translation>
    </message>
    <message>
        <source>{who}: {what}</source>
        <translation>{who}：{what}</translation>
    </message>
    <message>
        <source>{why}. The defaults are shown.</source>
        <translation>{why}。显示的是默认值。</translation>
    </message>
    <message>
        <source>{word}: {text}</source>
        <translation>{word}：{text}</translation>
    </message>
    <message>
        <source>~ and variables are not replaced here: * stands for any text</source>
        <translation>这里不会展开 ~ 和变量：* 代表任意文字</translation>
    </message>
    <message>
        <source>“Run a program…” works without it: a program that is started there goes by your rules, and everything else on this computer is left alone.</source>
        <translation>“运行程序…”无需助手程序：由此启动的程序按您的规则处理，本机的其他流量不受影响。</translation>
    </message>
    <message>
        <source>“{word}” is no port from 1024 to 65535.</source>
        <translation>“{word}”不是 1024 到 65535 之间的端口。</translation>
    </message>
</context>
</TS>
