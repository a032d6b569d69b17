<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>byway</name>
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
        <source>&amp;I have one</source>
        <translation>我有一个上游(&amp;I)</translation>
    </message>
    <message>
        <source>&amp;Kill switch</source>
        <translation>终止开关（断网保护）(&amp;K)</translation>
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
        <source>A&amp;dd</source>
        <translation>添加(&amp;D)</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>账号</translation>
    </message>
    <message>
        <source>Add a name</source>
        <translation>添加域名</translation>
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
        <source>Addresses</source>
        <translation>地址</translation>
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
        <source>An administrator can allow it.</source>
        <translation>管理员可以授权。</translation>
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
        <source>Asking for permission to take this computer&apos;s traffic.</source>
        <translation>正在请求接管本机流量的权限。</translation>
    </message>
    <message>
        <source>At most {n} ports.</source>
        <translation>最多 {n} 个端口。</translation>
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
        <source>Byway goes on in the tray</source>
        <translation>Byway 在托盘中继续运行</translation>
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
        <source>Byway takes connections where they begin and sends each where your rules say: directly, nowhere, or through a proxy. No program needs a proxy setting for that.</source>
        <translation>Byway 从源头接管连接，并按您的规则决定每个连接的去向：直连、拒绝或经由代理。程序无需设置代理。</translation>
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
        <source>Changed the DNS servers.</source>
        <translation>已更改 DNS 服务器。</translation>
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
        <source>DNS</source>
        <translation>DNS</translation>
    </message>
    <message>
        <source>DNS servers</source>
        <translation>DNS 服务器</translation>
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
        <source>Devices and virtual machines whose traffic comes in by a chosen interface go by the rules too. Choose those with clients behind them, not the one that leads to the Internet.</source>
        <translation>从所选网络接口进入的设备和虚拟机流量同样按规则处理。请选择连接着客户端的接口，不要选择通往互联网的接口。</translation>
    </message>
    <message>
        <source>Directly</source>
        <translation>直连</translation>
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
        <source>Dupl&amp;icate</source>
        <translation>创建副本(&amp;I)</translation>
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
        <source>Edit the rule</source>
        <translation>编辑规则</translation>
    </message>
    <message>
        <source>Edit {name}</source>
        <translation>编辑 {name}</translation>
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
        <source>First steps</source>
        <translation>快速入门</translation>
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
        <source>Goes to</source>
        <translation>去向</translation>
    </message>
    <message>
        <source>HTTP</source>
        <translation>HTTP</translation>
    </message>
    <message>
        <source>HTTP Host</source>
        <translation>HTTP Host</translation>
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
        <source>It did not answer within a minute.</source>
        <translation>一分钟内没有响应。</translation>
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
        <source>Its answer makes no sense: {why}</source>
        <translation>无法理解其应答：{why}</translation>
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
        <source>Learned from</source>
        <translation>域名来源</translation>
    </message>
    <message>
        <source>Left alone</source>
        <translation>不接管</translation>
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
        <source>Names of your own</source>
        <translation>自定义域名</translation>
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
        <source>Never reached: rule {n} takes everything before it.</source>
        <translation>永远不会匹配：规则 {n} 已匹配所有流量。</translation>
    </message>
    <message>
        <source>New profile</source>
        <translation>新建配置文件</translation>
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
        <source>No line fits the filter. Show more levels, or empty the field.</source>
        <translation>没有符合筛选条件的记录。请显示更多级别，或清空筛选框。</translation>
    </message>
    <message>
        <source>No names yet. A name that you add here is answered from here, and nobody is asked.</source>
        <translation>还没有域名。在此添加的域名由 Byway 直接应答，不再查询服务器。</translation>
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
        <source>No ru&amp;les yet: everything goes directly</source>
        <translation>暂无规则，全部直连(&amp;L)</translation>
    </message>
    <message>
        <source>No rule contains “{words}”.</source>
        <translation>没有包含“{words}”的规则。</translation>
    </message>
    <message>
        <source>No rules yet: everything goes directly. A rule sends applications, hosts, addresses or ports through an upstream, or refuses them; the first that matches decides.</source>
        <translation>还没有规则，所有流量均直连。规则可让指定的应用程序、主机、地址或端口经由上游或被拒绝；以第一条匹配的规则为准。</translation>
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
        <source>Open &amp;window</source>
        <translation>打开窗口(&amp;W)</translation>
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
        <source>P&amp;aste</source>
        <translation>粘贴(&amp;A)</translation>
    </message>
    <message>
        <source>P&amp;rotocol</source>
        <translation>协议(&amp;R)</translation>
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
        <source>Programs that use the proxy 127.0.0.1:{port} are served.</source>
        <translation>正在为使用代理 127.0.0.1:{port} 的程序提供服务。</translation>
    </message>
    <message>
        <source>Programs that use the proxy 127.0.0.1:{port} go by your rules then, and those started with “Run a program…” in any case.</source>
        <translation>开启后，使用代理 127.0.0.1:{port} 的程序按您的规则处理；通过“运行程序…”启动的程序始终如此。</translation>
    </message>
    <message>
        <source>Protocol</source>
        <translation>协议</translation>
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
        <source>Re&amp;move</source>
        <translation>移除(&amp;M)</translation>
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
        <source>Remo&amp;ve</source>
        <translation>移除(&amp;V)</translation>
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
        <translation>规则 {n} 接近匹配：{rule} ({why})</translation>
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
        <source>Rules can be moved when all are shown: empty “Find in rules” first.</source>
        <translation>显示全部规则时才能移动：请先清空“在规则中查找”。</translation>
    </message>
    <message>
        <source>Rules changed as text.</source>
        <translation>已通过文本更改规则。</translation>
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
        <source>SOCKS4</source>
        <translation>SOCKS4</translation>
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
        <source>SOCKS5</source>
        <translation>SOCKS5</translation>
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
        <source>Test &amp;by connecting to:</source>
        <translation>测试连接目标(&amp;B)：</translation>
    </message>
    <message>
        <source>Test a&amp;ll</source>
        <translation>全部测试(&amp;L)</translation>
    </message>
    <message>
        <source>Testing, by connecting to {goal}…</source>
        <translation>正在测试与 {goal} 的连接…</translation>
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
        <source>There is no system bus (D-Bus), which the helper needs.</source>
        <translation>没有助手程序所需的系统总线 (D-Bus)。</translation>
    </message>
    <message>
        <source>There must be a valid profile first.</source>
        <translation>须先有一个有效的配置文件。</translation>
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
        <source>This installs it, and says each file that it copies:</source>
        <translation>以下命令用于安装，并列出复制的每个文件：</translation>
    </message>
    <message>
        <source>This is not a {kind} server: it answers in another way.</source>
        <translation>这不是 {kind} 服务器：应答方式不符。</translation>
    </message>
    <message>
        <source>This machine</source>
        <translation>本机</translation>
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
        <source>This test cannot send names and passwords of more than 127 bytes.</source>
        <translation>此测试无法发送超过 127 字节的用户名和密码。</translation>
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
        <source>Total</source>
        <translation>总量</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>流量</translation>
    </message>
    <message>
        <source>Traffic of the last two minutes</source>
        <translation>最近两分钟的流量</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
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
        <source>Until then “Run a program…” and the local port work as always.</source>
        <translation>在此之前，“运行程序…”和本地端口照常可用。</translation>
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
        <source>What clients send to these ports of this machine goes by the rules as well.</source>
        <translation>客户端发往本机这些端口的流量同样按规则处理。</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>内容</translation>
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
        <source>Which rule decided, and which nearly did</source>
        <translation>哪条规则决定了去向，哪些接近匹配</translation>
    </message>
    <message>
        <source>While Byway is away, what it would have taken is refused and never goes directly.</source>
        <translation>Byway 不在运行时，本应由它接管的流量一律拒绝，绝不直连。</translation>
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
        <source>Your rules. The first one that fits a connection decides:</source>
        <translation>您的规则。以第一条匹配的规则为准：</translation>
    </message>
    <message>
        <source>a host, an address or a URL</source>
        <translation>主机、地址或 URL</translation>
    </message>
    <message>
        <source>a name or an address, without the port</source>
        <translation>域名或地址，不含端口</translation>
    </message>
    <message>
        <source>address only</source>
        <translation>仅地址</translation>
    </message>
    <message>
        <source>any application</source>
        <translation>任意应用程序</translation>
    </message>
    <message>
        <source>bridge: virtual machines, containers, or ports put together</source>
        <translation>网桥：虚拟机、容器或合并的端口</translation>
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
        <translation>已由用户关闭</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>contains “{words}”</source>
        <translation>包含“{words}”</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
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
        <source>ended</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>everything</source>
        <translation>所有流量</translation>
    </message>
    <message>
        <source>expected {what}</source>
        <translation>应为 {what}</translation>
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
        <source>it does not answer</source>
        <translation>没有响应</translation>
    </message>
    <message>
        <source>it does not say why</source>
        <translation>未说明原因</translation>
    </message>
    <message>
        <source>it has said nothing</source>
        <translation>没有输出</translation>
    </message>
    <message>
        <source>its engine has ended</source>
        <translation>引擎已结束</translation>
    </message>
    <message>
        <source>line {line}, column {column}:</source>
        <translation>第 {line} 行第 {column} 列：</translation>
    </message>
    <message>
        <source>looking for a name</source>
        <translation>正在识别域名</translation>
    </message>
    <message>
        <source>mobile network</source>
        <translation>移动网络</translation>
    </message>
    <message>
        <source>nearest valid form: {what}</source>
        <translation>最接近的有效写法：{what}</translation>
    </message>
    <message>
        <source>network card</source>
        <translation>网卡</translation>
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
        <source>none</source>
        <translation>无</translation>
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
        <source>not tested yet</source>
        <translation>尚未测试</translation>
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
        <source>off</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>on</source>
        <translation>已启用</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已连接</translation>
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
        <source>ports bound together</source>
        <translation>绑定的端口</translation>
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
        <source>refused by a rule</source>
        <translation>被规则拒绝</translation>
    </message>
    <message>
        <source>signal {n}</source>
        <translation>信号 {n}</translation>
    </message>
    <message>
        <source>status {n}</source>
        <translation>退出状态 {n}</translation>
    </message>
    <message>
        <source>testing…</source>
        <translation>正在测试…</translation>
    </message>
    <message>
        <source>the Host line of the HTTP request</source>
        <translation>HTTP 请求的 Host 字段</translation>
    </message>
    <message>
        <source>the program&apos;s request to the local port</source>
        <translation>程序对本地端口的请求</translation>
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
        <source>unchanged</source>
        <translation>未更改</translation>
    </message>
    <message>
        <source>under 1 ms</source>
        <translation>不到 1 毫秒</translation>
    </message>
    <message>
        <source>virtual</source>
        <translation>虚拟接口</translation>
    </message>
    <message>
        <source>warning:</source>
        <translation>警告：</translation>
    </message>
    <message>
        <source>what rules call it, for example: office</source>
        <translation>规则中使用的名称，例如：office</translation>
    </message>
    <message>
        <source>{addresses}, names too</source>
        <translation>{addresses}（含域名）</translation>
    </message>
    <message>
        <source>{d} d {h} h</source>
        <translation>{d} 天 {h} 时</translation>
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
        <source>{h} h {min} min</source>
        <translation>{h} 时 {min} 分</translation>
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
        <source>{name} (in a terminal)</source>
        <translation>{name}（在终端中）</translation>
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
        <source>{name} is not installed: {program}</source>
        <translation>未安装 {name}：{program}</translation>
    </message>
    <message>
        <source>{name} is nothing that could be run.</source>
        <translation>{name} 无法运行。</translation>
    </message>
    <message>
        <source>{name} needs a terminal, and there is none here.</source>
        <translation>{name} 需要终端，而这里没有。</translation>
    </message>
    <message>
        <source>{name}: its command cannot be read.</source>
        <translation>{name}：无法读取其命令。</translation>
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
        <source>{n} line has an error.</source>
        <translation>{n} 行有错误。</translation>
    </message>
    <message>
        <source>{n} lines have errors.</source>
        <translation>{n} 行有错误。</translation>
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
        <source>{n} networks that the rules send directly</source>
        <translation>规则设为直连的 {n} 个网段</translation>
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
        <source>{port} is no port: they go from 1 to 65535.</source>
        <translation>{port} 不是端口：有效范围是 1 到 65535。</translation>
    </message>
    <message>
        <source>{program}, of user number {uid}</source>
        <translation>{program}，用户编号 {uid}</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/s</translation>
    </message>
    <message>
        <source>{s} s</source>
        <translation>{s} 秒</translation>
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
        <source>{why}. The defaults are shown.</source>
        <translation>{why}。显示的是默认值。</translation>
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
